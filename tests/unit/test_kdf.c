/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "contexts.h"
#include "core/kdf.h"

/* RFC 8613, C.1 to C.3, from the view of the client. */
static const struct {
	const char *sender_info, *recipient_info, *iv_info;
	const char *sender_key, *recipient_key, *common_iv;
	const char *sender_nonce, *recipient_nonce;
} rfc[] = {
    {"8540f60a634b657910", "854101f60a634b657910", "8540f60a6249560d",
	"f0910ed7295e6ad4b54fc793154302ff", "ffb14e093c94c9cac9471648b4f98710",
	"4622d4dd6d944168eefb54987c", "4622d4dd6d944168eefb54987c", "4722d4dd6d944169eefb54987c"},
    {"854100f60a634b657910", "854101f60a634b657910", "8540f60a6249560d",
	"321b26943253c7ffb6003b0b64d74041", "e57b5635815177cd679ab4bcec9d7dda",
	"be35ae297d2dace910c52e99f9", "bf35ae297d2dace910c52e99f9", "bf35ae297d2dace810c52e99f9"},
    {"85404837cbf3210017a2d30a634b657910", "8541014837cbf3210017a2d30a634b657910",
	"85404837cbf3210017a2d30a6249560d", "af2a1300a5e95788b356336eeecd2b92",
	"e39a0c7c77b43f03b4b39ab9a268699f", "2ca58fb85ff1b81c0b7181b85e",
	"2ca58fb85ff1b81c0b7181b85e", "2da58fb85ff1b81d0b7181b85e"},
};

static void
check_rfc(int section, struct osc_params params)
{
	uint8_t info[64], key[OSC_KEY_MAX], iv[OSC_NONCE_MAX], scratch[64];
	struct osc_slice sender_id = osc_id_slice(&params.sender_id);
	struct osc_slice recipient_id = osc_id_slice(&params.recipient_id);
	size_t len;

	len = osc_kdf_info(info, sizeof(info), &params, sender_id, "Key");
	CHECK(same(osc_slice(info, len), rfc[section - 1].sender_info));
	osc_kdf_derive(key, 16, &params, osc_slice(info, len));
	CHECK(same(osc_slice(key, 16), rfc[section - 1].sender_key));
	len = osc_kdf_info(info, sizeof(info), &params, recipient_id, "Key");
	CHECK(same(osc_slice(info, len), rfc[section - 1].recipient_info));
	osc_kdf_derive(key, 16, &params, osc_slice(info, len));
	CHECK(same(osc_slice(key, 16), rfc[section - 1].recipient_key));
	len = osc_kdf_info(info, sizeof(info), &params, osc_slice(NULL, 0), "IV");
	CHECK(same(osc_slice(info, len), rfc[section - 1].iv_info));
	osc_kdf_derive(iv, 13, &params, osc_slice(info, len));
	CHECK(same(osc_slice(iv, 13), rfc[section - 1].common_iv));

	osc_derive_key(key, &params, &params.sender_id, scratch);
	CHECK(same(osc_slice(key, 16), rfc[section - 1].sender_key));
	osc_derive_common_iv(iv, &params, scratch);
	CHECK(same(osc_slice(iv, 13), rfc[section - 1].common_iv));
}

static void
test_kdf_rfc(void)
{
	for (int section = 1; section <= 3; section++)
		check_rfc(section, params_of_rfc(section));
}

static void
test_kdf_context(void)
{
	struct osc_params params;
	struct pair pair;

	for (int section = 1; section <= 3; section++) {
		params = params_of_rfc(section);
		pair_make(&pair, &params);
		CHECK(same(osc_slice(pair.client.context.sender_nonce, 13),
		    rfc[section - 1].sender_nonce));
		CHECK(same(osc_slice(pair.client.context.recipient_nonce, 13),
		    rfc[section - 1].recipient_nonce));
		CHECK(same(osc_slice(pair.server.context.sender_nonce, 13),
		    rfc[section - 1].recipient_nonce));
		CHECK(same(osc_slice(pair.server.context.recipient_nonce, 13),
		    rfc[section - 1].sender_nonce));
		CHECK(osc_is_present(pair.client.context.id_context) == (section == 3));
		pair_free(&pair);
	}
}

/*
 * Computed with the hmac module of Python 3.11, which knows nothing of OSCORE:
 *
 *     prk = hmac.digest(salt or bytes(1), bytes(range(32)), hash)
 *     hmac.digest(prk, info + b"\x01", hash)[:L]
 *
 * salt is bytes(range(0xa0, 0xb0)), none, or 255 times 0x5c; the ID Context absent, empty, or
 * 300 times 0x5a. info was put together by hand: array 85, id, ID Context, 03 for A256GCM, then
 * 63 4b6579 1820 with id 010203040506 for the key, and 62 4956 0c with an empty id for the IV.
 */
static const struct {
	enum osc_hash hash;
	size_t salt_len;
	int id_context_len; /* -1: absent */
	const char *key, *iv;
} computed[] = {
    {OSC_SHA256, 16, -1, "68461ab9ec0d8f497a579a4b00990979f47a93a03787a30bd62694bab2b19433",
	"a8eb4e719af62562e10c48bf"},
    {OSC_SHA256, 16, 0, "a67198e8ff1a6300abe9e9ca0c979b8113cc7e76a47fdb8e883c88aa817897f6",
	"5aa05d90059f06bf1b631e3c"},
    {OSC_SHA256, 16, 300, "8b6338a159df049f78e7d7de87a810123767ce77650579ebc23b77700d259991",
	"c1eb33deb7b136c7e489eb4e"},
    {OSC_SHA256, 0, 0, "606088df917826b311ff83f640962d3e3d59de68e5ca9b3d9681880c5760aaec",
	"84dce57be96af6d5e53bdb84"},
    {OSC_SHA256, 255, -1, "5aca90a7560bd82a813df21f11adc18e0ac2aa8ec69904259d649819328d569e",
	"6dfc040a9e29ff66b6413ad7"},
    {OSC_SHA384, 16, -1, "2baf289e383c433837335067e72c6ba39d516e88baf51eb4cea90132057f01af",
	"9a0233c1338b6bca44cb121e"},
    {OSC_SHA384, 16, 0, "a9ea1953ba7fd1c8403976c58b9ebb9e34094f774d8dea3488451faf0247652d",
	"58d213c1d797fa89f8e81c2a"},
    {OSC_SHA384, 16, 300, "d6a5e7b2f3235a91125fcf7f0a45caa96c17ca51445d8b51cc62917408406e3b",
	"a3912ca68cee044f77241904"},
    {OSC_SHA384, 0, 0, "5c97c7175b684646acc62ae14aa309a81eda9cd361a961b82e6b1e33939a5cbd",
	"1a873f5b607e2630bffbcd13"},
    {OSC_SHA384, 255, -1, "3ea12b0713f66c03696ca3394001043abab284efb82fd90863b3572a98668d13",
	"84c2cec426b3ded4f77c0e47"},
    {OSC_SHA512, 16, -1, "088636a34e568dcc6c9a4dc59dabe2e81a3db9af7b41e4e0c2ee6c4e523d1594",
	"f5d70597f9c440a398217882"},
    {OSC_SHA512, 16, 0, "7c55b747a5fa1f622457a9e6abfe5597f3746838f7dbabd498243bf0aa534617",
	"ea629fce5420e8b62c0d8ea8"},
    {OSC_SHA512, 16, 300, "d7fe4a5a1e872249c835601f1bd3a9b5e5b95cb3d3866aa4b207c448193bde7f",
	"64d40742c32054d81279a6da"},
    {OSC_SHA512, 0, 0, "05cf40a05cdd5a03048c9665cceb67cb284ab2f30854c5c00e87355efae094b2",
	"0e1e0288c005a5c3f7501004"},
    {OSC_SHA512, 255, -1, "74b77bd579ce2512d5df0f65854ea62b5dc7c73f598c8017f105aa438bab9501",
	"c51cb52bee4ec63c5beec66f"},
};

static void
test_kdf_hashes(void)
{
	uint8_t secret[32], short_salt[16], long_salt[255], id_context[300], scratch[400], out[32];
	struct osc_id id = id_of("010203040506");
	struct osc_params params = {.alg = osc_alg_by_number(3)};

	for (size_t i = 0; i < sizeof(secret); i++)
		secret[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(short_salt); i++)
		short_salt[i] = (uint8_t)(0xa0 + i);
	memset(long_salt, 0x5c, sizeof(long_salt));
	memset(id_context, 0x5a, sizeof(id_context));
	params.master_secret = osc_slice(secret, sizeof(secret));
	for (size_t i = 0; i < sizeof(computed) / sizeof(computed[0]); i++) {
		params.hash = computed[i].hash;
		params.master_salt = osc_slice(
		    computed[i].salt_len == 255 ? long_salt : short_salt, computed[i].salt_len);
		params.id_context = computed[i].id_context_len >= 0
		    ? osc_slice(id_context, (size_t)computed[i].id_context_len)
		    : OSC_ABSENT;
		osc_derive_key(out, &params, &id, scratch);
		CHECK(same(osc_slice(out, 32), computed[i].key));
		osc_derive_common_iv(out, &params, scratch);
		CHECK(same(osc_slice(out, 12), computed[i].iv));
	}
}

/* An empty salt, one zero and a hash of zeros are one HMAC key (RFC 5869, 2.2). */
static void
test_kdf_empty_salt(void)
{
	static const uint8_t zeros[32];
	struct osc_params params = params_of_rfc(2);
	uint8_t scratch[64], key[OSC_KEY_MAX];

	for (size_t len = 0; len <= 32; len++) {
		params.master_salt = osc_slice(zeros, len);
		osc_derive_key(key, &params, &params.sender_id, scratch);
		CHECK(same(osc_slice(key, 16), "321b26943253c7ffb6003b0b64d74041"));
	}
}

static void
test_kdf_info_full(void)
{
	struct osc_params params = params_of_rfc(3);
	struct osc_slice id = osc_id_slice(&params.recipient_id);
	uint8_t *out;
	size_t len;

	for (size_t cap = 0; cap <= 20; cap++) {
		out = malloc(cap + 1);
		out[cap] = 0xee;
		len = osc_kdf_info(out, cap, &params, id, "Key");
		CHECK(len == (cap >= 18 ? 18U : 0U));
		CHECK(out[cap] == 0xee);
		free(out);
	}
}

/* The longest info of all fits what the header promises. */
static void
test_kdf_info_max(void)
{
	struct osc_params params = {.alg = osc_alg_by_number(31)};
	struct osc_id id = id_of("01020304050607");
	uint8_t id_context[70000], out[70000 + OSC_INFO_MAX];

	memset(id_context, 0, sizeof(id_context));
	params.id_context = osc_slice(id_context, sizeof(id_context));
	CHECK(osc_kdf_info(out, sizeof(out), &params, osc_id_slice(&id), "Key") > 0);
}

/*
 * The first is RFC 5869, A.1, as far as OSC_KEY_MAX reaches; the others were computed with the
 * hmac module of Python 3.11, prk being bytes(range(0x10, 0x30)) and info so many times 0x5a:
 *
 *     hmac.digest(prk, info + b"\x01", "sha256")[:L]
 */
static void
test_kdf_expand(void)
{
	static const struct {
		size_t info_len;
		const char *okm;
	} expanded[] = {
	    {0, "eb4968086c8226dd16fb635457f38b49a2ee01541a746c858b8334b091ecbf79"},
	    {300, "f27cd20d3aeff124896571b8008584eb8874d1ae4c215faef659f7e0c8f6c069"},
	    {7, "12098c3a61b02f7ea02d4f795665e93a"},
	    {7, "12098c3a61b02f7e"},
	    {7, "12"},
	};
	uint8_t prk[OSC_PRK_SIZE], info[300], out[OSC_KEY_MAX + 1];
	struct osc_slice rfc_prk =
	    unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
	size_t len;

	osc_kdf_expand(out, 32, rfc_prk.ptr, unhex("f0f1f2f3f4f5f6f7f8f9"));
	CHECK(same(osc_slice(out, 32),
	    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
	for (size_t i = 0; i < sizeof(prk); i++)
		prk[i] = (uint8_t)(0x10 + i);
	memset(info, 0x5a, sizeof(info));
	for (size_t i = 0; i < sizeof(expanded) / sizeof(expanded[0]); i++) {
		len = strlen(expanded[i].okm) / 2;
		out[len] = 0xee;
		osc_kdf_expand(out, len, prk, osc_slice(info, expanded[i].info_len));
		CHECK(same(osc_slice(out, len), expanded[i].okm));
		CHECK(out[len] == 0xee);
	}
}

int
main(void)
{
	RUN(test_kdf_rfc);
	RUN(test_kdf_context);
	RUN(test_kdf_hashes);
	RUN(test_kdf_empty_salt);
	RUN(test_kdf_info_full);
	RUN(test_kdf_info_max);
	RUN(test_kdf_expand);
	return unit_end();
}
