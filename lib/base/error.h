/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_ERROR_H
#define OSC_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/language.h"

OSC_C_BEGIN

/*
 * What went wrong. The hundreds digit is the exit status of the programs, so
 * `err / 100` is all that main() has to know. Values are append-only.
 *
 * The library returns codes; the words for people are added by the programs.
 */
enum osc_err {
	OSC_OK = 0,

	/* 1: input/output, busy, "no" */
	OSC_EIO = 100,      /* a system call failed; the detail says which, and why */
	OSC_EEMPTY = 101,   /* the input holds no message */
	OSC_EBUSY = 102,    /* the context's lock was not to be had in time */
	OSC_EEXISTS = 103,  /* what should be made exists already */
	OSC_ENOMEM = 104,   /* no memory */
	OSC_ECHANGED = 105, /* state or lock were replaced under us; nothing was written */

	/* 2: usage */
	OSC_ENOROLE = 201,   /* the directory serves both roles and none was given */
	OSC_ESECOND = 202,   /* raw framing holds one message; a second one came */
	OSC_ERECEIPTS = 203, /* --any-token needs a request file with one request */
	OSC_ETERMINAL = 204, /* raw output would go to a terminal */

	/* 3: not protected */
	OSC_ENOTOSCORE = 300, /* there is no OSCORE option in the message */
	OSC_ERESET = 301,     /* nor in this one, which is an Empty Reset */

	/* 4: verification failed */
	OSC_ETAG = 400,         /* the tag does not verify */
	OSC_EKID = 401,         /* kid is not the Recipient ID */
	OSC_EKIDCONTEXT = 402,  /* kid context is not the ID Context */
	OSC_ENOREQUEST = 403,   /* a response, and no request to bind it to */
	OSC_ETOKEN = 404,       /* no request with the token of this response */
	OSC_EAMBIGUOUS = 405,   /* two different requests with the token of this response */
	OSC_EREQUEST = 406,     /* the request was not protected with this context */
	OSC_EREQUESTOWN = 407,  /* the peer's request is needed; this side sent that one */
	OSC_EREQUESTPEER = 408, /* this side's request is needed; the peer sent that one */
	OSC_EOBSERVE = 409,     /* Observe in a response to a request without it */
	OSC_ENOCID = 410,       /* a response without kid does not say which context it needs */
	OSC_ENOEARLIER = 411, /* no earlier request in the stream has the token of this response */
	OSC_EKIDOWN = 412,    /* kid is the Sender ID: this side protected the message */
	OSC_EKIDROLE = 413,   /* a context that serves both roles would fit, with a role */

	/* 5: malformed */
	OSC_ELONG = 500,        /* more than 65535 bytes */
	OSC_EHEADER = 501,      /* under 4 bytes */
	OSC_EVERSION = 502,     /* version is not 1 */
	OSC_ETKL = 503,         /* token length 9 to 12 or 15, or the token is cut off */
	OSC_ECODE = 504,        /* code 0.00 with anything behind it, or of class 1 or 6 */
	OSC_EOPTION = 505,      /* option cut off, nibble 15, or number over 65535 */
	OSC_EMARKER = 506,      /* payload marker with nothing behind */
	OSC_EEMPTYMSG = 507,    /* an Empty message has nothing to protect */
	OSC_EFLAGS = 508,       /* flag 0x40, which is reserved, in the OSCORE option */
	OSC_EOSCORE = 509,      /* OSCORE option cut off, too long, twice, bytes left over */
	OSC_ENOPIV = 510,       /* a request without Partial IV */
	OSC_ENOKID = 511,       /* a request without kid */
	OSC_ENOPAYLOAD = 512,   /* OSCORE option, but no ciphertext */
	OSC_EINNER = 513,       /* the inner message is malformed */
	OSC_EINNERCODE = 514,   /* the inner code is of the wrong kind */
	OSC_EINNEROPT = 515,    /* an option inside that must be outside */
	OSC_ENESTED = 516,      /* a message to protect has an OSCORE option already */
	OSC_EPROXYURI = 517,    /* a message to protect has a Proxy-Uri that cannot be split */
	OSC_ERESPONSE = 518,    /* a response to protect, and no request */
	OSC_EISREQUEST = 519,   /* a request to protect, and a request to bind it to */
	OSC_EIDCONTEXT = 520,   /* the OSCORE option would not fit in 255 bytes */
	OSC_EHEX = 521,         /* not hex: a wrong digit, or an odd number of them */
	OSC_ERECEIPT = 522,     /* the request file holds something that is no OSCORE request */
	OSC_EJSON = 523,        /* not JSON */
	OSC_EMESSAGE = 524,     /* JSON, but no message */
	OSC_ECBOR = 525,        /* not a CBOR byte string */
	OSC_ENOECHO = 526,      /* the answer has no Echo option */
	OSC_EEXTTOKEN = 527,    /* token length 13 or 14: an extended token (RFC 8974), not read */
	OSC_ESIGNALING = 528,   /* code 7.xx: a signaling message (RFC 8323), not over UDP */
	OSC_EGROUP = 529,       /* the OSCORE option is of Group OSCORE's group mode: flag 0x20 */
	OSC_EEXTFLAGS = 530,    /* the OSCORE option has more flag bytes than one: flag 0x80 */
	OSC_EOUTERLONG = 531,   /* the protected message would have more than 65535 bytes */
	OSC_EACKREQUEST = 532,  /* a request in an Acknowledgement or Reset */
	OSC_ERSTRESPONSE = 533, /* a response in a Reset */
	OSC_ENONEMPTY = 534,    /* an Empty message of type NON */
	OSC_EIMPORT = 535,      /* a file to import is malformed */
	OSC_EACKMID = 536,      /* an Acknowledgement of another message than the request */
	OSC_EANSWER1 = 537,     /* a response #1 that is more, or less, than 4.01 (B.2) */

	/* 6: replay */
	OSC_EREPLAY = 600,     /* received before, or below the window */
	OSC_EWINDOWLOST = 601, /* the replay window is lost (RFC 8613, B.1.2) */
	OSC_EANSWERED = 602,   /* a second response to a request without Observe */
	OSC_ENOTIFYPIV = 603,  /* a second response to a registration without Partial IV */
	OSC_ENOTIFYOLD = 604,  /* a notification that is not newer than the newest */
	OSC_EREDERIVE = 605,   /* a request #1: the peer derives the keys anew (B.2) */
	OSC_ELOST = 606,       /* the state is lost: the keys must be derived anew (B.2) */
	OSC_ESTALE = 607,      /* a response #1 to a request #1 of before, or a second one */

	/* 7: the context cannot be loaded; the detail says file, key and reason */
	OSC_ECONTEXT = 700, /* missing, wrong type, unknown algorithm, ID too long ... */
	OSC_EROLE = 701,    /* the directory is pinned to the other role */
	OSC_ESTATE = 702,   /* sequence.json is missing or not understood */
	OSC_ECOPY = 703,    /* the directory is a copy of a context that was used */
	OSC_ETWIN = 704,  /* two directories have one Recipient Key, or send with one Sender Key */
	OSC_EBACK = 705,  /* the state is lower than this process has left it or found it */
	OSC_EOWNID = 706, /* the state is that of another Sender ID */
	OSC_ESETTINGS = 707, /* settings or secret were changed since they were loaded */
	OSC_EGONE = 708,     /* the path does not lead to the directory that was loaded any more */

	/* 8 */
	OSC_EEXHAUSTED = 800, /* no Sender Sequence Number is left (RFC 8613, 7.2.1) */
};

/* The exit status that belongs to an error. */
static inline int
osc_err_status(enum osc_err err)
{
	return (int)err / 100;
}

/* A message that was refused before, by the program whose output is read: its status is all
 * that is known. No other error has these values. */
#define OSC_EBEFORE 99

static inline enum osc_err
osc_err_before(int status)
{
	return (enum osc_err)(status * 100 + OSC_EBEFORE);
}

static inline bool
osc_err_is_before(enum osc_err err)
{
	return err % 100 == OSC_EBEFORE;
}

/* Where in a message an error is; filled by the core, all zero if unknown. */
struct osc_where {
	uint32_t option; /* option number, 0 if the error is not in an option */
	uint32_t offset; /* byte offset in the message (in hex text: the column, from 1) */
	uint32_t reason; /* of a URI: enum osc_uri_fault */
};

/*
 * What was attempted on which file and why it failed, in words. Filled by the
 * floors that touch files; never holds a secret. `hint` is empty or says what
 * the user should do next.
 */
struct osc_detail {
	char path[256];
	char text[256];
	char hint[256];
};

#if defined(__GNUC__)
#define OSC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define OSC_PRINTF(fmt, args)
#endif

/*
 * osc_detail_set - say what failed
 *
 * detail  may be NULL
 * path    the file; NULL leaves the path as it is
 *
 * Text that does not fit is cut. osc_detail_errno appends ": " and
 * strerror(errno) and keeps errno. Both return err, for
 * `return osc_detail_set(...)`.
 */
enum osc_err osc_detail_set(struct osc_detail *detail, enum osc_err err, const char *path,
    const char *fmt, ...) OSC_PRINTF(4, 5);
enum osc_err osc_detail_errno(struct osc_detail *detail, enum osc_err err, const char *path,
    const char *fmt, ...) OSC_PRINTF(4, 5);

/* osc_detail_hint - add what the user should do next; detail may be NULL */
void osc_detail_hint(struct osc_detail *detail, const char *fmt, ...) OSC_PRINTF(2, 3);

OSC_C_END

#endif
