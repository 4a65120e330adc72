/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "with_store.h"
#include "store/lock.h"
#include "store/replace.h"

static void
test_store_lock(void)
{
	struct osc_dir dir;
	int fd, other;

	start(PAIR, STATE);
	CHECK(osc_dir_open(&dir, dir_path, &detail) == OSC_OK);
	CHECK(osc_lock_take(&fd, &dir, 50, &detail) == OSC_OK && osc_lock_held(fd, &dir));
	CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
	CHECK(osc_lock_take(&other, &dir, 50, &detail) == OSC_EBUSY && other == -1);
	CHECK(says("another process"));
	/* aiocoap unlinks the file: whoever has it open then holds nothing. */
	CHECK(unlink(dir_name("lock")) == 0 && !osc_lock_held(fd, &dir));
	CHECK(osc_lock_take(&other, &dir, 50, &detail) == OSC_OK);
	CHECK(!osc_lock_held(fd, &dir) && osc_lock_held(other, &dir));
	osc_lock_release(&fd);
	CHECK(osc_lock_take(&fd, &dir, 50, &detail) == OSC_EBUSY);
	osc_lock_release(&other);
	CHECK(osc_lock_take(&fd, &dir, 50, &detail) == OSC_OK);
	osc_lock_release(&fd);
	/* Its content and mode are of no matter. */
	dir_write("lock", "something");
	CHECK(chmod(dir_name("lock"), 0644) == 0);
	CHECK(osc_lock_take(&fd, &dir, 50, &detail) == OSC_OK);
	CHECK(dir_mode("lock") == 0644);
	osc_lock_release(&fd);
	osc_dir_close(&dir);
}

/* The place of an error: no slash twice, and as much as there is room for. */
static void
test_store_where(void)
{
	static const struct {
		const char *path, *name, *where;
	} table[] = {
	    {"a", NULL, "a"},
	    {"a", "b", "a/b"},
	    {"a//", "b", "a/b"},
	    {"a/", NULL, "a"},
	    {"/", NULL, "/"},
	    {"/", "b", "/b"},
	};
	char path[2 * sizeof(detail.path)];
	struct osc_dir dir = {.path = path};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		dir.path = table[i].path;
		osc_dir_where(&detail, &dir, table[i].name);
		CHECK(strcmp(detail.path, table[i].where) == 0);
	}
	dir.path = path;
	for (size_t len = sizeof(detail.path) - 6; len <= sizeof(detail.path) + 1; len++) {
		memset(path, 'a', len);
		path[len] = '\0';
		osc_dir_where(&detail, &dir, "bc");
		path[len] = '/';
		memcpy(path + len + 1, "bc", sizeof("bc"));
		path[sizeof(detail.path) - 1] = '\0';
		CHECK(strcmp(detail.path, path) == 0);
	}
	osc_dir_where(NULL, &dir, "bc");
}

/* A look leaves no trace: the time of it would have to be written, each time. */
static void
test_store_look(void)
{
	const struct osc_file_rule rule = {4096, false, OSC_ESTATE};
	const struct timespec times[] = {{1000, 0}, {UTIME_NOW, 0}};
	const char *paths[2] = {dir_path};
	struct osc_buffer content = {0};
	struct osc_stamp stamp;
	struct osc_dir dir;
	struct stat st;
	bool found;

	start(PAIR, STATE);
	paths[1] = dir_name(OSC_SEQUENCE_FILE);
	for (size_t i = 0; i < 2; i++)
		CHECK(utimensat(AT_FDCWD, paths[i], times, 0) == 0);
	CHECK(osc_dir_open(&dir, dir_path, &detail) == OSC_OK);
	CHECK(osc_file_read(&dir, OSC_SEQUENCE_FILE, &rule, &content, &found, &stamp, &detail) ==
		OSC_OK &&
	    found && content.len > 0);
	osc_temp_leftovers(&dir, true, NULL, NULL);
	for (size_t i = 0; i < 2; i++)
		CHECK(stat(paths[i], &st) == 0 && st.st_atime == 1000);
	/* Who does not own it may look as well. */
	if (geteuid() == 0) {
		CHECK(chmod(dir_path, 0755) == 0 && chmod(paths[1], 0644) == 0);
		CHECK(seteuid(65534) == 0);
		CHECK(osc_file_read(&dir, OSC_SEQUENCE_FILE, &rule, &content, &found, &stamp,
			  &detail) == OSC_OK &&
		    found && content.len > 0);
		CHECK(seteuid(0) == 0 && chmod(dir_path, 0700) == 0);
	}
	osc_buffer_free(&content);
	osc_dir_close(&dir);
}

/* Whatever tells two files apart, or two states of one. */
static void
test_store_stamps(void)
{
	const struct osc_stamp stamp = {.dev = 1,
	    .ino = 2,
	    .size = 3,
	    .mtime = 4,
	    .ctime = 5,
	    .has_btime = true,
	    .btime = 6,
	    .nlink = 1};
	struct osc_stamp others[8];

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		others[i] = stamp;
	CHECK(osc_stamp_same(&stamp, &others[0]));
	others[0].dev++;
	others[1].ino++;
	others[2].size++;
	others[3].mtime++;
	others[4].has_btime = false;
	others[5].btime++;
	others[6].nlink++;
	for (size_t i = 0; i < 7; i++)
		CHECK(!osc_stamp_same(&stamp, &others[i]));
	/* not what chmod or a link that is gone changes */
	others[7].ctime++;
	others[7].mode ^= 0777;
	CHECK(osc_stamp_same(&stamp, &others[7]));
}

/* Names of temporary files, and names that begin or end like them. */
static void
test_store_leftover_names(void)
{
	CHECK(osc_temp_is_leftover(".sequence-abcdef.json"));
	CHECK(osc_temp_is_leftover(".sequence-.json"));
	CHECK(!osc_temp_is_leftover(".sequence-abcdef.jsom"));
	CHECK(!osc_temp_is_leftover(".sequence-"));
	CHECK(!osc_temp_is_leftover("sequence.json"));
	CHECK(osc_temp_is_name(".x-abcdef.y", ".x-", ".y"));
	CHECK(!osc_temp_is_name(".x-abcdef.z", ".x-", ".y"));
	CHECK(!osc_temp_is_name(".x-abcdefg.y", ".x-", ".y"));
	CHECK(!osc_temp_is_name(".x-abcde.y", ".x-", ".y"));
	CHECK(!osc_temp_is_name(".z-abcdef.y", ".x-", ".y"));
}

static void
test_store_kinds_of_file(void)
{
	struct osc_store *store;
	uint64_t number;

	start(PAIR, STATE);
	CHECK(symlink("elsewhere", dir_name("lock")) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_ECONTEXT && says("symbolic link"));
	CHECK(unlink(dir_name("lock")) == 0 && mkfifo(dir_name("lock"), 0600) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_ECONTEXT && says("no regular file"));
	CHECK(unlink(dir_name("lock")) == 0 && mkdir(dir_name("lock"), 0700) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_ECONTEXT && says("no regular file"));
	CHECK(rmdir(dir_name("lock")) == 0);
	CHECK(link(dir_name(".used"), dir_name("lock")) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_ECONTEXT && says("more than one name"));
	start(PAIR, STATE);
	CHECK(rename(dir_name("sequence.json"), dir_name("elsewhere")) == 0);
	CHECK(symlink("elsewhere", dir_name("sequence.json")) == 0);
	CHECK(open_store(&store) == OSC_ESTATE && says("symbolic link"));
	CHECK(unlink(dir_name("sequence.json")) == 0);
	CHECK(link(dir_name("elsewhere"), dir_name("sequence.json")) == 0);
	CHECK(open_store(&store) == OSC_ESTATE && says("more than one name"));
	CHECK(unlink(dir_name("sequence.json")) == 0);
	CHECK(mkfifo(dir_name("sequence.json"), 0600) == 0);
	CHECK(open_store(&store) == OSC_ESTATE && says("no regular file"));
}

static void
test_store_modes(void)
{
	uint64_t number;
	mode_t mask = umask(0777);

	/* Made by us: 0600 whatever the umask; replaced: as it was. */
	start(PAIR, NULL);
	CHECK(chmod(dir_name("settings.json"), 0600) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK);
	CHECK(dir_mode("sequence.json") == 0600 && dir_mode("lock") == 0600);
	CHECK(dir_mode(".used") == 0600);
	CHECK(chmod(dir_name("sequence.json"), 0640) == 0);
	umask(0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK);
	CHECK(dir_mode("sequence.json") == 0640);
	/* In a directory of a group. */
	start(PAIR, NULL);
	CHECK(chmod(dir_path, 0770) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK);
	CHECK(dir_mode("sequence.json") == 0660 && dir_mode("lock") == 0660);
	CHECK(dir_mode(".used") == 0660);
	umask(mask);
}

static void
test_store_owner(void)
{
	struct stat st;
	uint64_t number;

	CHECK(geteuid() == 0 || getuid() == geteuid());
	if (geteuid() != 0)
		return; /* only root may give files away */
	start(PAIR, NULL);
	CHECK(chown(dir_path, 1234, 2345) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK);
	CHECK(stat(dir_name("sequence.json"), &st) == 0 && st.st_uid == 1234 && st.st_gid == 2345);
	CHECK(stat(dir_name("lock"), &st) == 0 && st.st_uid == 1234 && st.st_gid == 2345);
	CHECK(stat(dir_name(".used"), &st) == 0 && st.st_uid == 1234 && st.st_gid == 2345);
	CHECK(chown(dir_name("sequence.json"), 77, 88) == 0);
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK);
	CHECK(stat(dir_name("sequence.json"), &st) == 0 && st.st_uid == 77 && st.st_gid == 88);
	CHECK(chown(dir_path, geteuid(), getegid()) == 0);
}

static unsigned
warnings_with(mode_t mode)
{
	struct osc_store *store;
	unsigned warnings = 0;

	CHECK(chmod(dir_path, mode) == 0);
	CHECK(open_store(&store) == OSC_OK);
	if (store != NULL)
		warnings = osc_store_warnings(store) &
		    ~(unsigned)(OSC_WARN_NETWORK_FS | OSC_WARN_OVERLAY_FS);
	osc_store_close(&store);
	return warnings;
}

static void
test_store_warnings(void)
{
	struct osc_store *store;

	start(PAIR, NULL);
	CHECK(warnings_with(0700) == 0 && warnings_with(0755) == 0);
	CHECK(warnings_with(0770) == OSC_WARN_DIRECTORY_MODE);
	CHECK(warnings_with(0702) == OSC_WARN_DIRECTORY_MODE);
	CHECK(warnings_with(01777) == 0);
	CHECK(chmod(dir_name("settings.json"), 0640) == 0);
	CHECK(warnings_with(0700) == OSC_WARN_SECRET_MODE);
	CHECK(open_store(&store) == OSC_OK);
	CHECK(strcmp(osc_store_warning_path(store, OSC_WARN_SECRET_MODE),
		  dir_name("settings.json")) == 0);
	CHECK(strcmp(osc_store_warning_path(store, OSC_WARN_DIRECTORY_MODE), dir_path) == 0);
	osc_store_close(&store);
}

static void
test_store_leftovers(void)
{
	uint64_t number;

	start(PAIR, STATE);
	dir_write(".sequence-x.json", "");
	dir_write(".sequence-.json", "");
	dir_write(".sequence-x.json.bak", "");
	dir_write(".sequence-json", "");
	CHECK(run(OSC_ROLE_NONE, 0, &number) == OSC_OK);
	CHECK(!dir_has(".sequence-x.json") && !dir_has(".sequence-.json"));
	CHECK(dir_has(".sequence-x.json.bak") && dir_has(".sequence-json"));
}

/* A second name is one that stays; not that of a temporary, nor one that is gone by now. */
static void
test_store_names(void)
{
	struct osc_dir dir;
	struct osc_stamp stamp, both;

	start(PAIR, STATE);
	CHECK(osc_dir_open(&dir, dir_path, &detail) == OSC_OK);
	CHECK(osc_stamp_read(&stamp, dir.fd, "sequence.json"));
	CHECK(osc_temp_only_name(&dir, "sequence.json", &stamp));
	CHECK(linkat(dir.fd, "sequence.json", dir.fd, "second", 0) == 0);
	CHECK(osc_stamp_read(&both, dir.fd, "sequence.json") && both.nlink == 2);
	CHECK(!osc_temp_only_name(&dir, "sequence.json", &both));
	CHECK(unlink(dir_name("second")) == 0);
	CHECK(osc_temp_only_name(&dir, "sequence.json", &both));
	CHECK(linkat(dir.fd, "sequence.json", dir.fd, ".sequence-abcdef.json", 0) == 0);
	CHECK(osc_temp_only_name(&dir, "sequence.json", &both));
	CHECK(linkat(dir.fd, "sequence.json", dir.fd, "second", 0) == 0);
	CHECK(osc_stamp_read(&both, dir.fd, "sequence.json") && both.nlink == 3);
	CHECK(!osc_temp_only_name(&dir, "sequence.json", &both));
	CHECK(unlink(dir_name("second")) == 0);
	osc_dir_close(&dir);
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_store_lock);
	RUN(test_store_where);
	RUN(test_store_look);
	RUN(test_store_stamps);
	RUN(test_store_leftover_names);
	RUN(test_store_kinds_of_file);
	RUN(test_store_modes);
	RUN(test_store_owner);
	RUN(test_store_warnings);
	RUN(test_store_leftovers);
	RUN(test_store_names);
	dir_remove();
	osc_secret_wipe_all();
	return unit_end();
}
