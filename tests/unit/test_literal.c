/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <arpa/inet.h>

#include "core/literal.h"
#include "helper.h"

/* The text lies in a block of its size, so that ASan sees a byte read too far. */
static bool
check(const char *text)
{
	uint8_t *block = copy_exactly(slice_of(text));
	bool good = osc_literal_check(osc_slice(block, strlen(text)));

	free(block);
	return good;
}

static void
test_literal_future(void)
{
	static const char *const good[] = {"v1.x", "VFf0.:", "v0.a-z~!$&'()*+,;="};
	static const char *const bad[] = {
	    "", "v", "v1", "v1.", "v.x", "vg.x", "v1x", "v1.%41", "v1.[", "v1./", "v1.a b"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(check(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!check(bad[i]));
}

static void
test_literal_ipv6(void)
{
	static const char *const good[] = {"::", "::1", "1::", "1:2:3:4:5:6:7:8",
	    "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "fe80::ABCD", "::1.2.3.4",
	    "1:2:3:4:5:6:255.0.10.1", "0::0:0"};
	static const char *const bad[] = {":", ":::", ":1", "1:", "1::2::3", "1:2:3:4:5:6:7:8:9",
	    "1:2:3:4:5:6:7", "1:2:3:4::5:6:7:8", "12345::", "::g", "1.2.3.4", "::1.2.3",
	    "::1.2.3.4.5", "::256.1.1.1", "::01.1.1.1", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4",
	    "fe80::1%25eth0"};

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CHECK(check(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CHECK(!check(bad[i]));
}

/* The C library reads the same addresses; half of them are made to be nearly right. */
static void
test_literal_oracle(void)
{
	static const char *const pieces[] = {
	    ":", "::", ":", "0", "1f", "ffff", ":", "1.2.3.4", ".", "255", ":", "a"};
	struct in6_addr address;
	char text[128];
	size_t good = 0, len;

	for (int round = 0; round < 200000; round++) {
		size_t n = pick(16);

		text[len = 0] = '\0';
		for (size_t i = 0; i < n; i++) {
			const char *piece = pieces[chance(sizeof(pieces) / sizeof(pieces[0]))];

			if (round % 2 == 1)
				piece = i % 2 == 0 ? "c0" : chance(8) == 0 ? "::" : ":";
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s", piece);
		}
		CHECK(check(text) == (inet_pton(AF_INET6, text, &address) == 1));
		good += check(text);
	}
	CHECK(good > 1000);
}

int
main(void)
{
	RUN(test_literal_future);
	RUN(test_literal_ipv6);
	RUN(test_literal_oracle);
	return unit_end();
}
