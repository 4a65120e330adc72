/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/secret.h"
#include "helper.h"
#include "store/foreign.h"

/* What a file of another program may be, and what is said of one that cannot be taken. */

#define SECRET "0102030405060708090a0b0c0d0e0f10"
#define PRK SECRET SECRET
#define LONG_ID "010203040506070809"

static struct osc_detail detail;

static enum osc_err
import(const struct osc_foreign *format, struct osc_import *out, struct osc_slice text)
{
	memset(&detail, 0, sizeof(detail));
	return format->read(out, text, &detail);
}

static bool
says(const char *words)
{
	if (strstr(detail.text, words) != NULL)
		return true;
	printf("# %s\n# not %s\n", detail.text, words);
	return false;
}

struct refused {
	const char *text;
	enum osc_err err;
	const char *words;
};

/* Each is refused with these words, and leaves nothing to free. */
static void
refuse_all(const struct osc_foreign *format, const struct refused *cases, size_t n, bool hex)
{
	struct osc_import out;
	struct osc_slice text;
	uint8_t *exact;

	for (size_t i = 0; i < n; i++) {
		text = hex ? unhex(cases[i].text) : slice_of(cases[i].text);
		exact = copy_exactly(text);
		CHECK(import(format, &out, osc_slice(exact, text.len)) == cases[i].err);
		CHECK(says(cases[i].words));
		CHECK(out.settings.loaded.secret == NULL && out.settings.loaded.id_context == NULL);
		free(exact);
	}
}

#define REFUSE_ALL(format, cases, hex)                                                             \
	refuse_all(format, cases, sizeof(cases) / sizeof((cases)[0]), hex)

#define LIBCOAP                                                                                    \
	"master_secret,hex,\"" SECRET "\"\n"                                                       \
	"sender_id,ascii,\"a\"\n"                                                                  \
	"recipient_id,hex,00\n"

static void
test_foreign_libcoap(void)
{
	static const char good[] = "# a comment\r\n\r\n" LIBCOAP "id_context,ascii,\"\"\r\n"
				   "aead_alg,text,AES-CCM-16-64-256\n"
				   "hkdf_alg,text,direct+HKDF-SHA-512\n"
				   "replay_window,integer,63\n"
				   "break_sender_key,bool,true\n";
	static const struct refused cases[] = {
	    {LIBCOAP "sender_id,hex,01\n", OSC_EIMPORT, "line 4: the Sender ID is given twice"},
	    {LIBCOAP "aead_alg,text,none\n", OSC_ECONTEXT, "line 4: the algorithm is unknown"},
	    {LIBCOAP "aead_alg,integer,-10\n", OSC_ECONTEXT, "line 4: the algorithm is unknown"},
	    {LIBCOAP "hkdf_alg,text,HKDF-SHA-384\n", OSC_ECONTEXT, "line 4: the hash"},
	    {LIBCOAP "hkdf_alg,integer,0\n", OSC_ECONTEXT, "line 4: the hash"},
	    {LIBCOAP "hkdf_alg,integer,-10\nhkdf_alg,integer,-10\n", OSC_EIMPORT,
		"line 5: the hash is given twice"},
	    {LIBCOAP "aead_alg,integer,10\naead_alg,integer,10\n", OSC_EIMPORT,
		"line 5: the algorithm is given twice"},
	    {LIBCOAP "aead_alg,bool,10\n", OSC_EIMPORT, "line 4: no number of this encoding"},
	    {LIBCOAP "replay_window,text,32\n", OSC_EIMPORT, "line 4: no number of this encoding"},
	    {LIBCOAP "replay_window,integer,2147483648\n", OSC_EIMPORT, "line 4: no number"},
	    {LIBCOAP "replay_window,integer,99999999999999999999\n", OSC_EIMPORT,
		"line 4: no number"},
	    {LIBCOAP "replay_window,integer,0\n", OSC_ECONTEXT,
		"line 4: the replay window is not in"},
	    {LIBCOAP "replay_window,integer,-1\n", OSC_ECONTEXT,
		"line 4: the replay window is not in"},
	    {LIBCOAP "replay_window,integer,4097\n", OSC_ECONTEXT,
		"line 4: the replay window is not in"},
	    {LIBCOAP "replay_window,integer,1\nreplay_window,integer,1\n", OSC_EIMPORT,
		"line 5: the replay window is given twice"},
	    {"sender_id,hex," LONG_ID "\n", OSC_ECONTEXT, "line 1: the Sender ID is longer than 7"},
	    {LIBCOAP "id_context,hex,0g\n", OSC_EIMPORT, "line 4: the ID Context is not hex"},
	    {"recipient_id,hex,00\nsender_id,hex,01\n", OSC_ECONTEXT,
		"the Master Secret is missing"},
	    {"master_secret,hex,\nsender_id,hex,01\n", OSC_ECONTEXT,
		"the Master Secret is missing"},
	    {"master_secret,hex,00\nsender_id,hex,01\n", OSC_ECONTEXT,
		"or Recipient ID is missing"},
	    {"master_secret,hex,00\nrecipient_id,hex,01\n", OSC_ECONTEXT, "Sender ID or"},
	};
	const struct osc_foreign *format = &osc_foreign_libcoap;
	const struct osc_params *params;
	struct osc_import out;

	CHECK(import(format, &out, slice_of(good)) == OSC_OK);
	params = &out.settings.params;
	CHECK(same(params->master_secret, SECRET) && params->sender_id.bytes[0] == 'a');
	CHECK(osc_is_present(params->id_context) && params->id_context.len == 0);
	CHECK(params->alg->cose == 11 && params->hash == OSC_SHA512 && out.settings.window == 63);
	osc_import_free(&out);
	REFUSE_ALL(format, cases, false);
	/* Whoever does not ask why. */
	CHECK(format->read(&out, slice_of("nonsense\n"), NULL) == OSC_EIMPORT);
}

#define ROW(sender, recipient, secret, salt, context)                                              \
	"\"" sender "\",\"" recipient "\",\"" secret "\",\"" salt "\",\"" context                  \
	"\",\"AES-CCM-16-64-128 (CCM*)\""

static void
test_foreign_wireshark(void)
{
	static const char both[] = "# the table\r\n\r\n" ROW(
	    "01", "", SECRET, "aa", "37cb") "\r\n" ROW("", "01", SECRET, "aa", "37cb");
	static const char twice[] =
	    ROW("01", "", SECRET, "", "") "\n" ROW("01", "", SECRET, "", "") "\n";
	static const struct refused cases[] = {
	    {"", OSC_ECONTEXT, "the Master Secret is missing"},
	    {"\"", OSC_EIMPORT, "line 1: not six fields"},
	    {"\"01", OSC_EIMPORT, "line 1: not six fields"},
	    {"\"01\";\"02\"", OSC_EIMPORT, "line 1: not six fields"},
	    {"\"01\",02", OSC_EIMPORT, "line 1: not six fields"},
	    {"\"01\"", OSC_EIMPORT, "line 1: not six fields"},
	    {ROW("01", "", SECRET, "", "") "x", OSC_EIMPORT, "line 1: not six fields"},
	    {"\n" ROW("0", "", SECRET, "", ""), OSC_EIMPORT, "the Sender ID is not hex"},
	    {ROW("", LONG_ID, SECRET, "", ""), OSC_ECONTEXT, "the Recipient ID is longer than 7"},
	    {ROW("01", "", SECRET, "", "") "\n" ROW("02", "", SECRET, "", ""), OSC_EIMPORT,
		"line 2: another context"},
	    {ROW("01", "", SECRET, "", "") "\n" ROW("01", "02", SECRET, "", ""), OSC_EIMPORT,
		"line 2: another context"},
	    {ROW("01", "", SECRET, "", "") "\n" ROW("", "02", SECRET, "", ""), OSC_EIMPORT,
		"line 2: another context"},
	    {ROW("01", "", SECRET, "", "") "\n" ROW("03", "01", SECRET, "", ""), OSC_EIMPORT,
		"line 2: another context"},
	    {ROW("01", "", SECRET, "", "") "\n" ROW("01", "", SECRET, "aa", ""), OSC_EIMPORT,
		"line 2: another context"},
	    {ROW("01", "", SECRET, "", "") "\n" ROW("01", "", PRK, "", ""), OSC_EIMPORT,
		"line 2: another context"},
	};
	struct osc_import out;

	CHECK(import(&osc_foreign_wireshark, &out, slice_of(both)) == OSC_OK);
	CHECK(out.settings.role == OSC_ROLE_CLIENT && same(out.settings.params.id_context, "37cb"));
	CHECK(same(osc_id_slice(&out.settings.params.sender_id), "01"));
	osc_import_free(&out);
	CHECK(import(&osc_foreign_wireshark, &out, slice_of(twice)) == OSC_OK);
	CHECK(!osc_is_present(out.settings.params.id_context));
	osc_import_free(&out);
	REFUSE_ALL(&osc_foreign_wireshark, cases, false);
}

/* The labels of RFC 9203, 3.2.1: id 0, version 1, ms 2, hkdf 3, alg 4, salt 5, contextId 6. */
static void
test_foreign_rfc9203(void)
{
	static const struct refused cases[] = {
	    {"a20241aa03f6", OSC_EIMPORT, "malformed CBOR, or more than"},
	    {"a20241aa0341aa", OSC_EIMPORT, "label 3 is no integer and no text"},
	    {"a20241aa0441aa", OSC_EIMPORT, "label 4 is no integer and no text"},
	    {"a20241aa0429", OSC_ECONTEXT, "the algorithm is unknown"},
	    {"a20241aa041a80000000", OSC_ECONTEXT, "the algorithm is unknown"},
	    {"a20241aa030a", OSC_ECONTEXT, "the hash of the HKDF is unknown"},
	    {"a20241aa036161", OSC_ECONTEXT, "the hash of the HKDF is unknown"},
	    {"a20241aa0102", OSC_ECONTEXT, "label 1: the version is not 1"},
	    {"a20241aa0120", OSC_ECONTEXT, "label 1: the version is not 1"},
	    {"a10201", OSC_EIMPORT, "label 2 is no byte string"},
	    {"a20241aa056161", OSC_EIMPORT, "label 5 is no byte string"},
	    {"a20241aa0001", OSC_EIMPORT, "label 0 is no byte string"},
	    {"a20241aa0241aa", OSC_EIMPORT, "label 2 is given twice"},
	    {"a20241aa2041aa", OSC_EIMPORT, "a label that is unknown"},
	    {"a20241aa0741aa", OSC_EIMPORT, "label 7 is unknown"},
	    {"a20241aa810241aa", OSC_EIMPORT, "malformed CBOR"},
	    {"a1025f41aaff", OSC_EIMPORT, "malformed CBOR"},
	    {"a10242aa", OSC_EIMPORT, "malformed CBOR"},
	    {"a20241aa", OSC_EIMPORT, "malformed CBOR"},
	    {"a10241aa00", OSC_EIMPORT, "something is behind the CBOR map"},
	    {"810241aa", OSC_EIMPORT, "not a CBOR map"},
	    {"bf0241aaff", OSC_EIMPORT, "not a CBOR map"},
	    {"", OSC_EIMPORT, "not a CBOR map"},
	    {"a0", OSC_ECONTEXT, "the Master Secret is missing"},
	};
	static const char good[] = "a6004107010102"
				   "41aa0373"
				   "6469726563742b484b44462d5348412d353132"
				   "040b0641bb";
	struct osc_import out;

	CHECK(import(&osc_foreign_rfc9203, &out, unhex(good)) == OSC_OK);
	CHECK(same(out.settings.params.master_secret, "aa"));
	CHECK(same(out.settings.params.id_context, "bb"));
	CHECK(out.settings.params.alg->cose == 11 && out.settings.params.hash == OSC_SHA512);
	osc_import_free(&out);
	REFUSE_ALL(&osc_foreign_rfc9203, cases, true);
}

#define EDHOC(rest) "{\"prk-exporter_hex\": \"" PRK "\", " rest "}"

static void
test_foreign_edhoc(void)
{
	static const struct refused cases[] = {
	    {EDHOC("\"c-i_hex\": \"00\", \"suite\": 0"), OSC_EIMPORT, "\"c-r_hex\" is missing"},
	    {EDHOC("\"c-i_hex\": 0, \"c-r_hex\": \"01\", \"suite\": 0"), OSC_EIMPORT,
		"\"c-i_hex\" is not a string"},
	    {EDHOC("\"c-i_hex\": \"00\", \"c-r_hex\": \"01\""), OSC_EIMPORT,
		"\"suite\" is not an integer"},
	    {EDHOC("\"c-i_hex\": \"00\", \"c-r_hex\": \"01\", \"suite\": \"0\""), OSC_EIMPORT,
		"\"suite\" is not an integer"},
	    {EDHOC("\"c-i_hex\": \"00\", \"c-r_hex\": \"01\", \"suite\": -1"), OSC_ECONTEXT,
		"\"suite\" is not in 0..6"},
	    {EDHOC("\"c-i_hex\": \"00\", \"c-r_hex\": \"01\", \"suite\": 99999999999999999999"),
		OSC_ECONTEXT, "\"suite\" is not in 0..6"},
	    {"[]", OSC_EIMPORT, ""},
	};

	REFUSE_ALL(&osc_foreign_edhoc, cases, false);
}

#define ROLES(rest)                                                                                \
	"{\"client-sender-id_hex\": \"01\", \"server-sender-id_hex\": \"02\","                     \
	" \"secret_hex\": \"" SECRET "\", \"algorithm\": 10" rest "}"

/* settings.json of the role dialect: the client's view, or that of the role it is pinned to. */
static void
test_foreign_roles(void)
{
	static const struct {
		const char *text, *sender_id;
		enum osc_role role;
		bool one_side;
	} cases[] = {
	    {ROLES(""), "01", OSC_ROLE_CLIENT, false},
	    {ROLES(", \"role\": \"client\""), "01", OSC_ROLE_CLIENT, true},
	    {ROLES(", \"role\": \"server\""), "02", OSC_ROLE_SERVER, true},
	};
	struct osc_import out;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(import(&osc_foreign_aiocoap, &out, slice_of(cases[i].text)) == OSC_OK);
		CHECK(same(osc_id_slice(&out.settings.params.sender_id), cases[i].sender_id));
		CHECK(out.settings.role == cases[i].role && out.one_side == cases[i].one_side);
		osc_import_free(&out);
	}
}

int
main(void)
{
	osc_secret_init();
	RUN(test_foreign_libcoap);
	RUN(test_foreign_wireshark);
	RUN(test_foreign_rfc9203);
	RUN(test_foreign_edhoc);
	RUN(test_foreign_roles);
	osc_secret_wipe_all();
	return unit_end();
}
