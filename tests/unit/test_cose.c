/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"
#include "core/cose.h"

static struct osc_exchange
exchange_of(const char *kid, const char *piv)
{
	struct osc_exchange exchange = {.kid = id_of(kid)};
	struct osc_slice bytes = unhex(piv);

	exchange.piv.len = (uint8_t)bytes.len;
	osc_copy(exchange.piv.bytes, bytes.ptr, bytes.len);
	for (size_t i = 0; i < bytes.len; i++)
		exchange.piv.seq = exchange.piv.seq << 8 | bytes.ptr[i];
	return exchange;
}

/* RFC 8613, C.4 to C.8: Common IV, ID of the side with the Partial IV, number. */
static void
test_nonce_rfc(void)
{
	static const struct {
		const char *common_iv, *id;
		uint64_t seq;
		const char *nonce;
	} cases[] = {
	    {"4622d4dd6d944168eefb54987c", "", 20, "4622d4dd6d944168eefb549868"},
	    {"be35ae297d2dace910c52e99f9", "00", 20, "bf35ae297d2dace910c52e99ed"},
	    {"2ca58fb85ff1b81c0b7181b85e", "", 20, "2ca58fb85ff1b81c0b7181b84a"},
	    {"4622d4dd6d944168eefb54987c", "01", 0, "4722d4dd6d944169eefb54987c"},
	};
	const struct osc_alg *alg = osc_alg_by_number(OSC_ALG_DEFAULT);
	uint8_t base[OSC_NONCE_MAX], nonce[OSC_NONCE_MAX];
	struct osc_id id;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		id = id_of(cases[i].id);
		osc_nonce_base(base, alg, &id, unhex(cases[i].common_iv).ptr);
		osc_nonce_make(nonce, alg, base, cases[i].seq);
		CHECK(same(osc_slice(nonce, 13), cases[i].nonce));
	}
}

/* With a Common IV of zeros the nonce shows its parts (5.2): length of the ID, ID padded to
 * nonce - 6 bytes, Partial IV padded to 5. */
static void
test_nonce_parts(void)
{
	static const struct {
		int alg;
		const char *id;
		uint64_t seq;
		const char *nonce;
	} cases[] = {
	    {12, "", 0, "00000000000000"},
	    {12, "a1", 0, "01a10000000000"},
	    {12, "a1", OSC_SEQ_MAX, "01a1ffffffffff"},
	    {12, "00", 0x0102030405, "01000102030405"},
	    {3, "", 0x0102030405, "000000000000000102030405"},
	    {3, "a1", 0x0102030405,
		"0100000000"
		"00a10102030405"},
	    {3, "a1a2a3a4a5a6", 0x0102030405, "06a1a2a3a4a5a60102030405"},
	    {24, "a1a2a3a4a5a6", 0, "06a1a2a3a4a5a60000000000"},
	    {10, "a1a2a3a4a5a6a7", 0x0102030405, "07a1a2a3a4a5a6a70102030405"},
	    {10, "a1a2", 255,
		"02"
		"0000000000"
		"a1a2"
		"00000000ff"},
	    {10, "a1a2", 256,
		"02"
		"0000000000"
		"a1a2"
		"0000000100"},
	};
	static const uint8_t zeros[OSC_NONCE_MAX];
	uint8_t base[OSC_NONCE_MAX], nonce[OSC_NONCE_MAX];
	const struct osc_alg *alg;
	struct osc_id id;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		alg = osc_alg_by_number(cases[i].alg);
		id = id_of(cases[i].id);
		osc_nonce_base(base, alg, &id, zeros);
		osc_nonce_make(nonce, alg, base, cases[i].seq);
		CHECK(same(osc_slice(nonce, alg->nonce_len), cases[i].nonce));
	}
}

/* The Common IV is added by XOR, whatever it is. */
static void
test_nonce_common_iv(void)
{
	static const uint8_t zeros[OSC_NONCE_MAX];
	uint8_t iv[OSC_NONCE_MAX], plain[OSC_NONCE_MAX], base[OSC_NONCE_MAX], nonce[OSC_NONCE_MAX];
	const struct osc_alg *alg;
	struct osc_id id;
	uint64_t seq;

	chance_start(1);
	for (int round = 0; round < 1000; round++) {
		alg = osc_alg_at(pick(12));
		id.len = (uint8_t)chance(osc_alg_id_max(alg) + 1);
		chance_bytes(id.bytes, id.len);
		chance_bytes(iv, sizeof(iv));
		seq = chance(OSC_SEQ_MAX + 1);
		osc_nonce_base(base, alg, &id, zeros);
		osc_nonce_make(plain, alg, base, seq);
		osc_nonce_base(base, alg, &id, iv);
		osc_nonce_make(nonce, alg, base, seq);
		for (size_t i = 0; i < alg->nonce_len; i++)
			CHECK(nonce[i] == (plain[i] ^ iv[i]));
	}
}

static void
test_aad_rfc(void)
{
	static const struct {
		const char *kid, *piv, *array, *aad;
	} cases[] = {
	    /* 5.4 */
	    {"00", "25", "8501810a4100412540", "8368456e63727970743040498501810a4100412540"},
	    /* C.4, C.6, C.7, C.8 */
	    {"", "14", "8501810a40411440", "8368456e63727970743040488501810a40411440"},
	    /* C.5 */
	    {"00", "14", "8501810a4100411440", "8368456e63727970743040498501810a4100411440"},
	};
	const struct osc_alg *alg = osc_alg_by_number(OSC_ALG_DEFAULT);
	uint8_t array[OSC_AAD_ARRAY_MAX], aad[OSC_AAD_MAX];
	struct osc_exchange exchange;
	size_t len;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		exchange = exchange_of(cases[i].kid, cases[i].piv);
		len = osc_aad_array(array, alg, &exchange);
		CHECK(same(osc_slice(array, len), cases[i].array));
		len = osc_aad_make(aad, sizeof(aad), alg, &exchange);
		CHECK(same(osc_slice(aad, len), cases[i].aad));
	}
}

/* The bytes of the Partial IV as received, leading zeros too; the longest AAD fits;
 * above 23 the number of the algorithm and the length of the array take two bytes. */
static void
test_aad_bytes(void)
{
	uint8_t aad[OSC_AAD_MAX];
	struct osc_exchange exchange = exchange_of("", "0014");
	size_t len = osc_aad_make(aad, sizeof(aad), osc_alg_by_number(10), &exchange);

	CHECK(same(osc_slice(aad, len),
	    "8368456e63727970743040"
	    "49"
	    "8501810a4042001440"));
	exchange = exchange_of("01020304050607", "ffffffffff");
	len = osc_aad_make(aad, sizeof(aad), osc_alg_by_number(33), &exchange);
	CHECK(same(osc_slice(aad, len),
	    "8368456e63727970743040"
	    "54"
	    "85018118214701020304050607"
	    "45ffffffffff"
	    "40"));
	CHECK(len <= OSC_AAD_MAX);
	len = osc_aad_make(aad, sizeof(aad), osc_alg_by_number(24), &exchange);
	CHECK(same(osc_slice(aad, len),
	    "8368456e63727970743040"
	    "54"
	    "85018118184701020304050607"
	    "45ffffffffff"
	    "40"));
}

int
main(void)
{
	RUN(test_nonce_rfc);
	RUN(test_nonce_parts);
	RUN(test_nonce_common_iv);
	RUN(test_aad_rfc);
	RUN(test_aad_bytes);
	return unit_end();
}
