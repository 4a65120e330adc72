/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <linux/magic.h>
#include <sys/vfs.h>

#include "with_store.h"

/* On which file system a directory lies, as far as that matters. */

static long magic;

int __wrap_fstatfs64(int fd, struct statfs *fs);
int
__wrap_fstatfs64(int fd, struct statfs *fs)
{
	(void)fd;
	memset(fs, 0, sizeof(*fs));
	fs->f_type = (__typeof__(fs->f_type))magic;
	return 0;
}

/* network: a warning; volatile: inode numbers change, so that the state bears no mark. */
static void
test_filesystems(void)
{
	static const struct {
		long magic;
		unsigned warnings;
		bool mark;
	} cases[] = {
	    {NFS_SUPER_MAGIC, OSC_WARN_NETWORK_FS, true},
	    {0xff534d42, OSC_WARN_NETWORK_FS, true}, /* CIFS */
	    {V9FS_MAGIC, OSC_WARN_NETWORK_FS, true},
	    {0x0bd00bd0, OSC_WARN_NETWORK_FS, true}, /* Lustre */
	    {MSDOS_SUPER_MAGIC, 0, false},
	    {0x2011bab0, 0, false}, /* exFAT */
	    {0x65735546, 0, false}, /* FUSE */
	    {OVERLAYFS_SUPER_MAGIC, OSC_WARN_OVERLAY_FS, true},
	    {EXT4_SUPER_MAGIC, 0, true},
	    {TMPFS_MAGIC, 0, true},
	};
	struct osc_store *store;
	uint64_t number;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		magic = cases[i].magic;
		start(PAIR, NULL);
		CHECK(open_store(&store) == OSC_OK);
		CHECK(osc_store_warnings(store) == cases[i].warnings);
		CHECK(take(store, &number) == OSC_OK && number == 0);
		CHECK((strstr(dir_read("sequence.json"), "\"inode\": ") != NULL) == cases[i].mark);
		osc_store_close(&store);
	}
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_filesystems);
	dir_remove();
	osc_secret_wipe_all();
	return unit_end();
}
