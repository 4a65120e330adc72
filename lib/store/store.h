/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_STORE_STORE_H
#define OSC_STORE_STORE_H

#include <sys/types.h>

#include "core/kdf.h"
#include "core/window.h"

/*
 * A context directory: static parameters read once, mutable state that is
 * durable before anything it allowed may leave the process. Knows nothing of
 * nonces; oscore-context(5) describes the files.
 */

enum osc_role { OSC_ROLE_NONE, OSC_ROLE_CLIENT, OSC_ROLE_SERVER };

enum osc_dialect {
	OSC_DIALECT_PAIR, /* sender-id, recipient-id: the side is fixed */
	OSC_DIALECT_ROLE, /* client-sender-id, server-sender-id: the caller says which side he is */
};

/* Things to warn about, found while loading. */
enum osc_warning {
	OSC_WARN_NO_ALGORITHM = 1 << 0,   /* role dialect without "algorithm" */
	OSC_WARN_SHORT_SECRET = 1 << 1,   /* Master Secret under 16 bytes */
	OSC_WARN_LONG_CONTEXT = 1 << 2,   /* ID Context does not fit in an OSCORE option */
	OSC_WARN_SECRET_MODE = 1 << 3,    /* a secret file is open to group or others */
	OSC_WARN_DIRECTORY_MODE = 1 << 4, /* group or others may replace the files */
	OSC_WARN_NETWORK_FS = 1 << 5,     /* flock and rename are not to be trusted here */
	OSC_WARN_OVERLAY_FS = 1 << 6,     /* the state may go back without a trace here */
	OSC_WARN_NEAR_KEY = 1 << 7,       /* a key is unknown, but near a known one */
	OSC_WARN_NO_AES = 1 << 8,         /* AES, on a processor that has no instructions for it */
};

/* The mutable state of the side in use. */
struct osc_state {
	uint64_t next; /* first number that is certainly unused; OSC_SEQ_MAX + 1: exhausted */
	struct osc_window window; /* of what the peer sends */
	uint8_t echo_len;         /* 0: no challenge is outstanding (B.1.2) */
	uint8_t echo[8];
};

struct osc_high;
struct osc_rederived;
struct osc_settings;
struct osc_store;

enum osc_store_flag {
	OSC_STORE_MOVED = 1 << 0,       /* accept, once, that the directory looks like a copy */
	OSC_STORE_STATIC = 1 << 1,      /* read settings and secret only: the state is read by the
				      first osc_store_look or osc_store_begin */
	OSC_STORE_KEEP_SECRET = 1 << 2, /* for who shows the derivation, or tries others */
};

/*
 * osc_store_open - read a directory's settings, secret and state, without a lock
 *
 * role   OSC_ROLE_NONE if the user gave none: OSC_ENOROLE where one is needed
 * flags  enum osc_store_flag
 *
 * Creates and changes nothing. On success *out holds the only reference; on
 * failure it is NULL and the detail says file, key and reason:
 * OSC_ECONTEXT, OSC_EROLE, OSC_ESTATE, OSC_EOWNID (7), OSC_ENOROLE (2), OSC_EIO,
 * OSC_ENOMEM (1). Whether the directory is a copy is judged by osc_store_begin,
 * not here.
 */
enum osc_err osc_store_open(struct osc_store **out, const char *path, enum osc_role role,
    unsigned flags, struct osc_detail *detail);

/* The parameters of the side in use; valid until the store is closed. */
const struct osc_params *osc_store_params(const struct osc_store *store);

/* All that its static files say; osc_store_params has the view of the side in use. */
const struct osc_settings *osc_store_settings(const struct osc_store *store);

/* osc_store_forget_secret - the keys are derived: wipe Master Secret and Master Salt, which
 * are of length 0 then; with OSC_STORE_KEEP_SECRET they stay until the store is closed */
void osc_store_forget_secret(struct osc_store *store);

/* osc_store_path - as it was given, until the store is closed */
const char *osc_store_path(const struct osc_store *store);

/* osc_store_directory - which directory it is, whatever its name */
void osc_store_directory(const struct osc_store *store, dev_t *dev, ino_t *ino);

/* The warnings found while loading: enum osc_warning, or'ed; osc_store_warning_path
 * says which file one of them is about. */
unsigned osc_store_warnings(const struct osc_store *store);
const char *osc_store_warning_path(const struct osc_store *store, enum osc_warning warning);

/*
 * osc_store_rederived - what is kept beside the state where keys may be derived anew (RFC 8613,
 * B.2); likewise to be changed. NULL where they may not, or no state was read
 */
struct osc_rederived *osc_store_rederived(struct osc_store *store);

/*
 * osc_store_lost - why nothing is known of the state any more
 *
 * Where keys may be derived anew, a state that is missing, a copy or not understood does not
 * keep osc_store_look and osc_store_begin from success. It lets nothing out and nothing in: no
 * number is left, and the window is lost. What is written then replaces it. Returns OSC_OK if
 * it is not so, else OSC_ESTATE, OSC_EOWNID or OSC_ECOPY with the detail.
 */
enum osc_err osc_store_lost(const struct osc_store *store, struct osc_detail *detail);

/*
 * osc_store_use - which state osc_store_state is, until the state is read again
 *
 * state  of the store itself, or of the caller, who keeps it; NULL: that of the keys in use
 */
void osc_store_use(struct osc_store *store, struct osc_state *state);

/*
 * osc_store_state - the state as it was last read, to be changed between begin and commit
 *
 * Never lower next, never clear a bit: a commit refuses what would make a used
 * number valid again (assert). Changes that were not committed are forgotten at
 * the next begin. A store whose state was changed outside of begin and end (a
 * dry run) must not be begun any more.
 */
struct osc_state *osc_store_state(struct osc_store *store);

/* osc_store_base - the state of the keys of the settings, whichever are in use */
struct osc_state *osc_store_base(struct osc_store *store);

/*
 * osc_store_rest - keep no descriptor open until the next begin
 *
 * That begin opens the directory again by its path: OSC_EGONE if it is another one, or none.
 */
void osc_store_rest(struct osc_store *store);

/* osc_store_fold - keep no more in memory of the state than that it may not go back: it is read
 * anew by the next begin or look, and not to be asked for before. Not while it is locked. */
void osc_store_fold(struct osc_store *store);

/* osc_store_unchanged - are settings and secret those that were loaded, by their path? */
bool osc_store_unchanged(const struct osc_store *store);

/*
 * osc_store_high - what a state that is read may not fall behind: store/high.h
 *
 * Within a process the state of a context never goes back: what is read must follow what
 * this process read and committed last, or it is refused (OSC_EBACK). That of a store whose
 * directory has the same keys is added by osc_high_raise.
 */
struct osc_high *osc_store_high(struct osc_store *store);

/* What must stay known of a store that is closed, and opened again in one process. */
struct osc_store_past {
	bool failed;  /* a commit failed: no further begin */
	bool settled; /* that the directory was moved is not to be accepted any more */
};
struct osc_store_past osc_store_past(const struct osc_store *store);

/* osc_store_resume - the store was open in this process before */
void osc_store_resume(struct osc_store *store, struct osc_store_past past);

/*
 * osc_store_look - read the state without the lock
 *
 * Creates and changes nothing. Returns OSC_OK, OSC_ESTATE, OSC_EOWNID, OSC_EBACK, OSC_ECOPY,
 * OSC_EIO or OSC_ENOMEM.
 */
enum osc_err osc_store_look(struct osc_store *store, struct osc_detail *detail);

/*
 * osc_store_check - would osc_store_begin take the directory for a copy?
 *
 * For dry runs: looks at what was loaded. Returns OSC_OK or OSC_ECOPY.
 */
enum osc_err osc_store_check(const struct osc_store *store, struct osc_detail *detail);

/*
 * osc_store_begin - take the lock, and read the state again
 *
 * Waits up to 10 s for another process: OSC_EBUSY. In a directory that was
 * never used it makes the first sequence.json and `.used`. OSC_ECOPY if
 * sequence.json is not the file that this context last wrote, unless
 * OSC_STORE_MOVED; OSC_ESETTINGS if settings or secret were changed since they were
 * loaded; OSC_EBACK if the state went back. Errors else as osc_store_open. Nothing is
 * locked after an error. Nobody may wait for input or output while the lock is held.
 */
enum osc_err osc_store_begin(struct osc_store *store, struct osc_detail *detail);

/* osc_store_try_begin - the same without waiting: OSC_EBUSY at once. For those who
 * hold the lock of another context. */
enum osc_err osc_store_try_begin(struct osc_store *store, struct osc_detail *detail);

/*
 * The steps of a commit: store/commit.h goes through them, for one store or for many together.
 *
 * Each returns OSC_OK, OSC_EIO or OSC_ENOMEM, and osc_store_replace OSC_ECHANGED too. A failure
 * is final: the numbers taken count as used, the store refuses every further begin.
 */

/* osc_store_changed - is there anything to be written? With OSC_STORE_MOVED always, once */
bool osc_store_changed(const struct osc_store *store);

/* osc_store_write - into a temporary, durable with sync */
enum osc_err osc_store_write(struct osc_store *store, bool sync, struct osc_detail *detail);

/* osc_store_leave - in place of what follows: nothing was replaced, and nothing has failed */
void osc_store_leave(struct osc_store *store);

/* osc_store_replace - what was written is durable: check that sequence.json and the lock are
 * still the files of osc_store_begin, and rename, durable with sync */
enum osc_err osc_store_replace(struct osc_store *store, bool sync, struct osc_detail *detail);

/* osc_store_settle - that is durable: only now may anything leave that the state allows */
enum osc_err osc_store_settle(struct osc_store *store, struct osc_detail *detail);

/* The directory, which is open between begin and end. */
struct osc_dir;
const struct osc_dir *osc_store_dir(const struct osc_store *store);

/* osc_store_end - release the lock; nothing if it is not held */
void osc_store_end(struct osc_store *store);

/* osc_store_close - release everything, wipe, set *store to NULL; NULL is allowed */
void osc_store_close(struct osc_store **store);

#endif
