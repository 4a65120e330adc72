/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "core/coap.h"
#include "core/kdf.h"
#include "core/rewrite.h"
#include "core/unprotect.h"
#include "core/window.h"
#include "helper.h"

/* Corners of RFC 8613 and RFC 7252 that the tests of the single files do not reach. */

/* RFC 7252, 5.10.2 and 5.4.5: Proxy-Uri comes once. */
static void
test_rfc_two_proxy_uris(void)
{
	/* number 35, 8 bytes, twice */
	struct osc_slice message = unhex("40010001d816636f61703a2f2f6808636f61703a2f2f68");
	uint8_t out[OSC_REWRITE_ROOM(23, 0)];
	struct osc_coap coap;
	struct osc_where where = {0};

	CHECK(osc_coap_decode(&coap, message, NULL) == OSC_OK);
	CHECK(osc_rewrite_needed(&coap, OSC_ABSENT));
	CHECK(osc_rewrite(out, &coap, OSC_ABSENT, &where) == 0);
}

/* 4.1.3.5, 8.2: a class-E option outside has no say, whatever is inside. */
static void
test_rfc_observe_outside(void)
{
	/* Observe 1 outside; inside GET with Observe 0 */
	struct osc_slice message = unhex("400500016101320914ff00112233445566");
	struct osc_unprotection request;
	struct osc_inner inner;
	uint8_t out[64];
	size_t len;

	CHECK(osc_unprotect_decode(&request, message, NULL) == OSC_OK);
	CHECK(osc_inner_decode(&inner, unhex("0160"), true, NULL) == OSC_OK);
	len = osc_unprotect_write(out, sizeof(out), &request, &inner);
	CHECK(same(osc_slice(out, len), "4001000160"));
	CHECK(osc_inner_decode(&inner, unhex("01"), true, NULL) == OSC_OK);
	len = osc_unprotect_write(out, sizeof(out), &request, &inner);
	CHECK(same(osc_slice(out, len), "40010001"));
}

/* 5.2, 7.4: windows of every size take each number once, at both ends of the numbers. */
static void
test_rfc_window_sizes(void)
{
	static const uint64_t starts[] = {0, 63, UINT32_MAX - 3, OSC_SEQ_MAX - 70};
	struct osc_window window;

	for (uint32_t size = 1; size <= 130; size++)
		for (size_t s = 0; s < sizeof(starts) / sizeof(starts[0]); s++) {
			osc_window_init(&window, size, starts[s]);
			for (uint64_t seq = starts[s] + 70;
			     seq >= starts[s] + 71 - (size > 71 ? 71 : size); seq--) {
				CHECK(osc_window_check(&window, seq) == OSC_OK);
				CHECK(osc_window_commit(&window, seq) == OSC_OK);
				CHECK(osc_window_commit(&window, seq) == OSC_EREPLAY);
				if (seq == 0)
					break;
			}
			CHECK(
			    !osc_window_seen(&window, size) && !osc_window_answered(&window, size));
		}
}

/* 7.5: however a stored window is read, a number that was seen does not become valid. */
static void
test_rfc_window_read(void)
{
	struct osc_window window;

	osc_window_init(&window, 8, 100);
	osc_window_set(&window, 100, 50);
	CHECK(window.index == 143 && osc_window_check(&window, 150) == OSC_EREPLAY);
	osc_window_set(&window, 100, 3); /* has fallen out below */
	CHECK(window.index == 143 && osc_window_check(&window, 103) == OSC_EREPLAY);
	CHECK(osc_window_check(&window, 143) == OSC_OK);
}

/* RFC 7252, 3; RFC 8974; RFC 8323: what is not read has a name of its own. */
static void
test_rfc_names(void)
{
	struct osc_coap coap;
	struct osc_where where = {0};

	for (unsigned tkl = 9; tkl <= 15; tkl++) {
		uint8_t message[24] = {(uint8_t)(0x40 | tkl), 0x01};

		CHECK(osc_coap_decode(&coap, osc_slice(message, sizeof(message)), &where) ==
		    (tkl == 13 || tkl == 14 ? OSC_EEXTTOKEN : OSC_ETKL));
		CHECK(where.offset == 0);
	}
	CHECK(osc_coap_decode(&coap, unhex("4de10000"), NULL) == OSC_EEXTTOKEN);
	CHECK(osc_coap_decode(&coap, unhex("40e10000"), &where) == OSC_ESIGNALING &&
	    where.offset == 1);
	CHECK(osc_err_status(OSC_EEXTTOKEN) == 5 && osc_err_status(OSC_ESIGNALING) == 5);
	CHECK(osc_err_status(OSC_EGROUP) == 5 && osc_err_status(OSC_EEXTFLAGS) == 5);
}

static void
test_rfc_version_of_nettle(void)
{
	CHECK(osc_nettle_version() >> 8 >= 3);
}

int
main(void)
{
	RUN(test_rfc_two_proxy_uris);
	RUN(test_rfc_observe_outside);
	RUN(test_rfc_window_sizes);
	RUN(test_rfc_window_read);
	RUN(test_rfc_names);
	RUN(test_rfc_version_of_nettle);
	return unit_end();
}
