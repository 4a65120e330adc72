/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */

/* Stores that are committed together: what is made durable by which calls, and what becomes of
 * the others when one fails. */
#define _GNU_SOURCE /* SYNC_FILE_RANGE_WRITE */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include "base/secret.h"
#include "many.h"
#include "store/commit.h"

#define STORES 9

static struct {
	uint32_t magic; /* of the file system */
	const char *release;
	unsigned fsyncs, syncfss, renames, rooms;    /* how many calls there were */
	unsigned fail_syncfs, fail_fsync, fail_room; /* which of them fails, from 1; 0: none */
	unsigned before;                             /* renames when syncfs was called first */
} kernel;

int __wrap_fstatfs64(int fd, struct statfs *fs);
int
__wrap_fstatfs64(int fd, struct statfs *fs)
{
	(void)fd;
	memset(fs, 0, sizeof(*fs));
	fs->f_type = kernel.magic;
	return kernel.magic != 0 ? 0 : -1;
}

int __wrap_uname(struct utsname *name);
int
__wrap_uname(struct utsname *name)
{
	memset(name, 0, sizeof(*name));
	(void)snprintf(name->release, sizeof(name->release), "%s", kernel.release);
	return kernel.release[0] != '\0' ? 0 : -1;
}

int __wrap_fsync(int fd);
int
__wrap_fsync(int fd)
{
	(void)fd;
	errno = EIO;
	return ++kernel.fsyncs == kernel.fail_fsync ? -1 : 0;
}

int __wrap_syncfs(int fd);
int
__wrap_syncfs(int fd)
{
	(void)fd;
	if (kernel.syncfss == 0)
		kernel.before = kernel.renames;
	errno = EIO;
	return ++kernel.syncfss == kernel.fail_syncfs ? -1 : 0;
}

/* Without it syncfs would not tell that there was no room (osc_file_write). */
int __wrap_sync_file_range(int fd, off_t from, off_t len, unsigned flags);
int
__wrap_sync_file_range(int fd, off_t from, off_t len, unsigned flags)
{
	(void)fd;
	CHECK(from == 0 && len == 0 && flags == SYNC_FILE_RANGE_WRITE && kernel.syncfss == 0);
	errno = EBADMSG;
	return ++kernel.rooms == kernel.fail_room ? -1 : 0;
}

static unsigned file_system; /* of the directories that are opened: 0 or another one */

int __real_statx(int dir, const char *name, int flags, unsigned mask, struct statx *st);
int __wrap_statx(int dir, const char *name, int flags, unsigned mask, struct statx *st);
int
__wrap_statx(int dir, const char *name, int flags, unsigned mask, struct statx *st)
{
	int rc;

	/* Zeroed before: MSan does not see what statx writes. */
	memset(st, 0, sizeof(*st));
	rc = __real_statx(dir, name, flags, mask, st);
	if (rc == 0 && S_ISDIR(st->stx_mode))
		st->stx_dev_minor += file_system;
	return rc;
}

int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);
int
__wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	kernel.renames++;
	return __real_renameat(from_dir, from, to_dir, to);
}

static struct osc_commit commits[STORES];
static struct osc_detail detail;

static const char *
name_of(size_t i)
{
	static const char *const names[STORES] = {"0", "1", "2", "3", "4", "5", "6", "7", "8"};

	return names[i];
}

/* The number that a state on the disk says to be the next one. */
static int
next_of(size_t i)
{
	static const char key[] = "\"next-to-send\": ";
	const char *text;
	char file[40];

	(void)snprintf(file, sizeof(file), "%s/sequence.json", name_of(i));
	text = strstr(dir_read(file), key);
	return text != NULL ? (int)strtol(text + strlen(key), NULL, 10) : -1;
}

/* N stores that were used, each with a number taken, those from `other` on on another file system;
 * nothing has failed yet. */
static void
start_on(size_t n, size_t other)
{
	char file[40];

	many_clear();
	memset(commits, 0, sizeof(commits));
	for (size_t i = 0; i < n; i++) {
		many_other(name_of(i), "ff", name_of(i)[0] == 'f' ? "00" : "01", (unsigned)i + 1);
		(void)snprintf(file, sizeof(file), "%s/sequence.json", name_of(i));
		dir_write(
		    file, "{\"next-to-send\": 7, \"received\": {\"index\": 0, \"bitfield\": 0}}");
		file_system = i >= other;
		CHECK(osc_store_open(&commits[i].store, dir_name(name_of(i)), OSC_ROLE_NONE, 0,
			  &detail) == OSC_OK);
		CHECK(osc_store_begin(commits[i].store, &detail) == OSC_OK);
		osc_store_state(commits[i].store)->next++;
	}
	memset(&kernel, 0, sizeof(kernel));
	kernel.magic = EXT4_SUPER_MAGIC;
	kernel.release = "6.1.0-13-amd64";
}

static void
start(size_t n)
{
	start_on(n, n);
}

static void
end(void)
{
	for (size_t i = 0; i < STORES; i++)
		osc_store_close(&commits[i].store);
}

/* Nothing is left of the temporaries. */
static bool
is_tidy(size_t i)
{
	DIR *list = opendir(dir_name(name_of(i)));
	const struct dirent *entry;
	bool tidy = list != NULL;

	while (list != NULL && (entry = readdir(list)) != NULL)
		tidy = tidy && strncmp(entry->d_name, ".sequence", 9) != 0;
	if (list != NULL)
		(void)closedir(list);
	return tidy;
}

/* Another process changes the state of one while it is held. */
static void
disturb(size_t i)
{
	char file[40];

	(void)snprintf(file, sizeof(file), "%s/sequence.json", name_of(i));
	dir_write(file, "{\"next-to-send\": 6, \"received\": {\"index\": 0, \"bitfield\": 0}}");
}

/* Can the store be used on? */
static bool
goes_on(size_t i)
{
	osc_store_end(commits[i].store);
	return osc_store_begin(commits[i].store, &detail) == OSC_OK;
}

/* The number of durable calls does not depend on that of the stores; one alone is made durable
 * by itself. */
static void
test_commit_calls(void)
{
	for (size_t n = 1; n <= STORES; n++) {
		start(n);
		osc_commit_all(commits, n, false);
		for (size_t i = 0; i < n; i++)
			CHECK(commits[i].err == OSC_OK && next_of(i) == 8 && is_tidy(i));
		CHECK(kernel.syncfss == (n > 1 ? 2 : 0) && kernel.fsyncs == (n > 1 ? 1 : 2));
		CHECK(kernel.renames == n && kernel.before == 0);
		CHECK(kernel.rooms == (n > 1 ? n : 0));
		/* nothing more to be written */
		kernel.fsyncs = 0;
		osc_commit_all(commits, n, false);
		CHECK(kernel.fsyncs == 0 && kernel.syncfss == (n > 1 ? 2 : 0));
		end();
	}
	/* of many only one has changed */
	start(3);
	osc_store_state(commits[0].store)->next--;
	osc_store_state(commits[2].store)->next--;
	osc_commit_all(commits, 3, false);
	CHECK(kernel.syncfss == 0 && kernel.fsyncs == 2 && next_of(0) == 7 && next_of(1) == 8);
	end();
}

/* Where it is not sure that syncfs says what went wrong, or does anything. */
static void
test_commit_without_syncfs(void)
{
	static const struct {
		uint32_t magic;
		const char *release;
		bool together;
	} cases[] = {
	    {EXT4_SUPER_MAGIC, "5.16.20", false},
	    {EXT4_SUPER_MAGIC, "5.17.0", true},
	    {EXT4_SUPER_MAGIC, "5.4", false},
	    {EXT4_SUPER_MAGIC, "6.18.44-fc", true},
	    {EXT4_SUPER_MAGIC, "4.19.0", false},
	    {EXT4_SUPER_MAGIC, "10.0", true},
	    {EXT4_SUPER_MAGIC, "5", false},
	    {EXT4_SUPER_MAGIC, "what", false},
	    {EXT4_SUPER_MAGIC, "", false},
	    {BTRFS_SUPER_MAGIC, "6.1", true},
	    {TMPFS_MAGIC, "6.1", true},
	    {0x58465342, "6.1", true},
	    {OVERLAYFS_SUPER_MAGIC, "6.1", false},
	    {FUSE_SUPER_MAGIC, "6.1", false},
	    {NFS_SUPER_MAGIC, "6.1", false},
	    {0, "6.1", false},
	};

	for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
		start(3);
		kernel.magic = cases[k].magic;
		kernel.release = cases[k].release;
		osc_commit_all(commits, 3, false);
		CHECK(kernel.syncfss == (cases[k].together ? 2 : 0));
		CHECK(kernel.fsyncs == (cases[k].together ? 1 : 6));
		for (size_t i = 0; i < 3; i++)
			CHECK(commits[i].err == OSC_OK && next_of(i) == 8);
		end();
	}
}

/* One cannot be replaced: those before it are, and those behind it if they are to go on. */
static void
test_commit_one_fails(void)
{
	for (int together = 0; together < 2; together++)
		for (int go_on = 0; go_on < 2; go_on++) {
			start(4);
			kernel.magic = together != 0 ? EXT4_SUPER_MAGIC : FUSE_SUPER_MAGIC;
			disturb(1);
			osc_commit_all(commits, 4, go_on != 0);
			CHECK(commits[0].err == OSC_OK && next_of(0) == 8);
			CHECK(commits[1].err == OSC_ECHANGED && next_of(1) == 6);
			CHECK(strstr(commits[1].detail.path, "/1/") != NULL);
			for (size_t i = 2; i < 4; i++) {
				CHECK(commits[i].err == OSC_OK);
				CHECK(next_of(i) == (go_on != 0 ? 8 : 7));
			}
			for (size_t i = 0; i < 4; i++)
				CHECK(goes_on(i) == (i != 1) && is_tidy(i));
			end();
		}
}

/* Each file system has its own calls, and its own failures. */
static void
test_commit_file_systems(void)
{
	start_on(3, 2);
	osc_commit_all(commits, 3, false);
	CHECK(kernel.syncfss == 2 && kernel.fsyncs == 3 && next_of(2) == 8);
	end();
	for (unsigned fail = 0; fail <= 4; fail++) {
		start_on(4, 2);
		kernel.fail_syncfs = fail;
		osc_commit_all(commits, 4, true);
		CHECK(kernel.syncfss == (fail == 1 || fail == 2 ? 3 : 4));
		for (size_t i = 0; i < 4; i++)
			CHECK(commits[i].err ==
			    (fail > 0 && (fail - 1) % 2 == i / 2 ? OSC_EIO : OSC_OK));
		end();
	}
}

/* There is no room for one of them, which only a call for its file tells. */
static void
test_commit_no_room(void)
{
	for (int go_on = 0; go_on < 2; go_on++) {
		start(4);
		kernel.fail_room = 2;
		osc_commit_all(commits, 4, go_on != 0);
		for (size_t i = 0; i < 4; i++) {
			CHECK(commits[i].err == (i == 1 ? OSC_EIO : OSC_OK));
			CHECK(next_of(i) == (i == 1 || (i > 1 && go_on == 0) ? 7 : 8));
			CHECK(goes_on(i) == (i != 1) && is_tidy(i));
		}
		CHECK(strstr(commits[1].detail.path, "/1/.sequence-") != NULL);
		end();
	}
}

/* Nothing of a file system is there if it cannot be said that all of it is. */
static void
test_commit_not_durable(void)
{
	for (unsigned which = 1; which <= 3; which++)
		for (int go_on = 0; go_on < 2; go_on++) {
			start(3);
			kernel.fail_syncfs = which;
			kernel.fail_fsync = which == 3 ? 1 : 0;
			osc_commit_all(commits, 3, go_on != 0);
			CHECK(commits[0].err == OSC_EIO);
			CHECK(strcmp(commits[0].detail.path, dir_name("0")) == 0);
			for (size_t i = 0; i < 3; i++) {
				/* what was not replaced is as it was */
				CHECK(next_of(i) == (which == 1 ? 7 : 8));
				CHECK(commits[i].err == OSC_EIO ||
				    (i > 0 && which == 1 && go_on == 0));
				CHECK(goes_on(i) == (commits[i].err == OSC_OK) && is_tidy(i));
			}
			end();
		}
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_commit_calls);
	RUN(test_commit_without_syncfs);
	RUN(test_commit_one_fails);
	RUN(test_commit_file_systems);
	RUN(test_commit_no_room);
	RUN(test_commit_not_durable);
	many_clear();
	dir_remove();
	return unit_end();
}
