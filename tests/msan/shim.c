/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */

/*
 * What MemorySanitizer does not see, because the libraries were built without it. Each of
 * their functions that lib calls and that writes to memory is wrapped: what it reads must be
 * initialized, what it has written is from then on. Where a library calls back, the function in
 * between is not instrumented, so that its arguments count as initialized.
 *
 * tests/msan/run takes the names from the lines that begin with WRAPPED.
 */

#define _GNU_SOURCE
#include <cbor.h>
#include <coap3/coap.h>
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <nettle/aes.h>
#include <nettle/ccm.h>
#include <nettle/gcm.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>
#include <nettle/sha2.h>
#include <sanitizer/msan_interface.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WRAPPED(type, name, parameters)                                                            \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters

#define UNSEEN __attribute__((no_sanitize("memory")))

static void
reads(const void *from, size_t len)
{
	if (len > 0)
		__msan_check_mem_is_initialized(from, len);
}

static void
writes(const void *to, size_t len)
{
	if (len > 0)
		__msan_unpoison(to, len);
}

/* --- the C library: newer than the interceptors --- */

int
statx(int dir, const char *restrict name, int flags, unsigned mask, struct statx *restrict st)
{
	int rc = (int)syscall(SYS_statx, dir, name, flags, mask, st);

	if (rc == 0)
		writes(st, sizeof(*st));
	return rc;
}

ssize_t
getdents64(int fd, void *to, size_t len)
{
	ssize_t n = syscall(SYS_getdents64, fd, to, len);

	if (n > 0)
		writes(to, (size_t)n);
	return n;
}

/* What stat, fstat and fstatat are called with large files. */

int
stat64(const char *restrict name, struct stat64 *restrict st)
{
	return fstatat64(AT_FDCWD, name, st, 0);
}

int
fstat64(int fd, struct stat64 *st)
{
	return fstatat64(fd, "", st, AT_EMPTY_PATH);
}

int
fstatat64(int dir, const char *restrict name, struct stat64 *restrict st, int flags)
{
	int rc = (int)syscall(SYS_newfstatat, dir, name, st, flags);

	if (rc == 0)
		writes(st, sizeof(*st));
	return rc;
}

/* --- nettle: ciphers --- */

/* The function that is called back; one at a time. */
static nettle_cipher_func *block_function;

UNSEEN static void
block_between(const void *ctx, size_t len, uint8_t *dst, const uint8_t *src)
{
	writes(src, len);
	block_function(ctx, len, dst, src);
}

static nettle_cipher_func *
between(nettle_cipher_func *f)
{
	block_function = f;
	return block_between;
}

WRAPPED(void, nettle_aes128_set_encrypt_key, (struct aes128_ctx * ctx, const uint8_t *key))
{
	reads(key, AES128_KEY_SIZE);
	__real_nettle_aes128_set_encrypt_key(ctx, key);
	writes(ctx, sizeof(*ctx));
}

WRAPPED(void, nettle_aes192_set_encrypt_key, (struct aes192_ctx * ctx, const uint8_t *key))
{
	reads(key, AES192_KEY_SIZE);
	__real_nettle_aes192_set_encrypt_key(ctx, key);
	writes(ctx, sizeof(*ctx));
}

WRAPPED(void, nettle_aes256_set_encrypt_key, (struct aes256_ctx * ctx, const uint8_t *key))
{
	reads(key, AES256_KEY_SIZE);
	__real_nettle_aes256_set_encrypt_key(ctx, key);
	writes(ctx, sizeof(*ctx));
}

WRAPPED(void, nettle_aes128_encrypt,
    (const struct aes128_ctx *ctx, size_t len, uint8_t *dst, const uint8_t *src))
{
	reads(ctx, sizeof(*ctx));
	__real_nettle_aes128_encrypt(ctx, len, dst, src);
	writes(dst, len);
}

WRAPPED(void, nettle_aes192_encrypt,
    (const struct aes192_ctx *ctx, size_t len, uint8_t *dst, const uint8_t *src))
{
	reads(ctx, sizeof(*ctx));
	__real_nettle_aes192_encrypt(ctx, len, dst, src);
	writes(dst, len);
}

WRAPPED(void, nettle_aes256_encrypt,
    (const struct aes256_ctx *ctx, size_t len, uint8_t *dst, const uint8_t *src))
{
	reads(ctx, sizeof(*ctx));
	__real_nettle_aes256_encrypt(ctx, len, dst, src);
	writes(dst, len);
}

WRAPPED(void, nettle_ccm_encrypt_message,
    (const void *cipher, nettle_cipher_func *f, size_t nlength, const uint8_t *nonce,
	size_t alength, const uint8_t *adata, size_t tlength, size_t clength, uint8_t *dst,
	const uint8_t *src))
{
	reads(nonce, nlength);
	reads(adata, alength);
	reads(src, clength - tlength);
	__real_nettle_ccm_encrypt_message(
	    cipher, between(f), nlength, nonce, alength, adata, tlength, clength, dst, src);
	writes(dst, clength);
}

WRAPPED(int, nettle_ccm_decrypt_message,
    (const void *cipher, nettle_cipher_func *f, size_t nlength, const uint8_t *nonce,
	size_t alength, const uint8_t *adata, size_t tlength, size_t mlength, uint8_t *dst,
	const uint8_t *src))
{
	int ok;

	reads(nonce, nlength);
	reads(adata, alength);
	reads(src, mlength + tlength);
	ok = __real_nettle_ccm_decrypt_message(
	    cipher, between(f), nlength, nonce, alength, adata, tlength, mlength, dst, src);
	writes(dst, mlength);
	return ok;
}

WRAPPED(void, nettle_gcm_set_key, (struct gcm_key * key, const void *cipher, nettle_cipher_func *f))
{
	__real_nettle_gcm_set_key(key, cipher, between(f));
	writes(key, sizeof(*key));
}

WRAPPED(void, nettle_gcm_set_iv,
    (struct gcm_ctx * ctx, const struct gcm_key *key, size_t len, const uint8_t *iv))
{
	reads(key, sizeof(*key));
	reads(iv, len);
	__real_nettle_gcm_set_iv(ctx, key, len, iv);
	writes(ctx, sizeof(*ctx));
}

WRAPPED(void, nettle_gcm_update,
    (struct gcm_ctx * ctx, const struct gcm_key *key, size_t len, const uint8_t *data))
{
	reads(data, len);
	__real_nettle_gcm_update(ctx, key, len, data);
}

WRAPPED(void, nettle_gcm_encrypt,
    (struct gcm_ctx * ctx, const struct gcm_key *key, const void *cipher, nettle_cipher_func *f,
	size_t len, uint8_t *dst, const uint8_t *src))
{
	reads(src, len);
	__real_nettle_gcm_encrypt(ctx, key, cipher, between(f), len, dst, src);
	writes(dst, len);
}

WRAPPED(void, nettle_gcm_decrypt,
    (struct gcm_ctx * ctx, const struct gcm_key *key, const void *cipher, nettle_cipher_func *f,
	size_t len, uint8_t *dst, const uint8_t *src))
{
	reads(src, len);
	__real_nettle_gcm_decrypt(ctx, key, cipher, between(f), len, dst, src);
	writes(dst, len);
}

WRAPPED(void, nettle_gcm_digest,
    (struct gcm_ctx * ctx, const struct gcm_key *key, const void *cipher, nettle_cipher_func *f,
	size_t len, uint8_t *digest))
{
	__real_nettle_gcm_digest(ctx, key, cipher, between(f), len, digest);
	writes(digest, len);
}

WRAPPED(int, nettle_memeql_sec, (const void *a, const void *b, size_t len))
{
	reads(a, len);
	reads(b, len);
	return __real_nettle_memeql_sec(a, b, len);
}

/* --- nettle: hashes --- */

WRAPPED(void, nettle_sha256_init, (struct sha256_ctx * ctx))
{
	__real_nettle_sha256_init(ctx);
	writes(ctx, sizeof(*ctx));
}

WRAPPED(void, nettle_sha256_update, (struct sha256_ctx * ctx, size_t len, const uint8_t *data))
{
	reads(data, len);
	__real_nettle_sha256_update(ctx, len, data);
}

WRAPPED(void, nettle_sha256_digest, (struct sha256_ctx * ctx, size_t len, uint8_t *digest))
{
	__real_nettle_sha256_digest(ctx, len, digest);
	writes(digest, len);
}

WRAPPED(void, nettle_hmac_set_key,
    (void *outer, void *inner, void *state, const struct nettle_hash *hash, size_t len,
	const uint8_t *key))
{
	reads(key, len);
	__real_nettle_hmac_set_key(outer, inner, state, hash, len, key);
	writes(outer, hash->context_size);
	writes(inner, hash->context_size);
	writes(state, hash->context_size);
}

WRAPPED(void, nettle_hmac_update,
    (void *state, const struct nettle_hash *hash, size_t len, const uint8_t *data))
{
	reads(data, len);
	__real_nettle_hmac_update(state, hash, len, data);
}

WRAPPED(void, nettle_hmac_digest,
    (const void *outer, const void *inner, void *state, const struct nettle_hash *hash, size_t len,
	uint8_t *digest))
{
	__real_nettle_hmac_digest(outer, inner, state, hash, len, digest);
	writes(digest, len);
}

struct mac {
	void *ctx;
	nettle_hash_update_func *update;
	nettle_hash_digest_func *digest;
};

UNSEEN static void
update_between(void *ctx, size_t len, const uint8_t *data)
{
	struct mac *mac = ctx;

	writes(data, len);
	mac->update(mac->ctx, len, data);
}

UNSEEN static void
digest_between(void *ctx, size_t len, uint8_t *digest)
{
	struct mac *mac = ctx;

	mac->digest(mac->ctx, len, digest);
}

WRAPPED(void, nettle_hkdf_extract,
    (void *ctx, nettle_hash_update_func *update, nettle_hash_digest_func *digest,
	size_t digest_size, size_t secret_size, const uint8_t *secret, uint8_t *dst))
{
	struct mac mac = {ctx, update, digest};

	reads(secret, secret_size);
	__real_nettle_hkdf_extract(
	    &mac, update_between, digest_between, digest_size, secret_size, secret, dst);
	writes(dst, digest_size);
}

WRAPPED(void, nettle_hkdf_expand,
    (void *ctx, nettle_hash_update_func *update, nettle_hash_digest_func *digest,
	size_t digest_size, size_t info_size, const uint8_t *info, size_t len, uint8_t *dst))
{
	struct mac mac = {ctx, update, digest};

	reads(info, info_size);
	__real_nettle_hkdf_expand(
	    &mac, update_between, digest_between, digest_size, info_size, info, len, dst);
	writes(dst, len);
}

/* --- libsodium --- */

WRAPPED(int, crypto_aead_chacha20poly1305_ietf_encrypt,
    (unsigned char *c, unsigned long long *clen, const unsigned char *m, unsigned long long mlen,
	const unsigned char *ad, unsigned long long adlen, const unsigned char *nsec,
	const unsigned char *npub, const unsigned char *k))
{
	int rc;

	reads(m, mlen);
	reads(ad, adlen);
	reads(npub, crypto_aead_chacha20poly1305_ietf_NPUBBYTES);
	reads(k, crypto_aead_chacha20poly1305_ietf_KEYBYTES);
	rc = __real_crypto_aead_chacha20poly1305_ietf_encrypt(
	    c, clen, m, mlen, ad, adlen, nsec, npub, k);
	writes(c, mlen + crypto_aead_chacha20poly1305_ietf_ABYTES);
	return rc;
}

WRAPPED(int, crypto_aead_chacha20poly1305_ietf_decrypt,
    (unsigned char *m, unsigned long long *mlen, unsigned char *nsec, const unsigned char *c,
	unsigned long long clen, const unsigned char *ad, unsigned long long adlen,
	const unsigned char *npub, const unsigned char *k))
{
	int rc;

	reads(c, clen);
	reads(ad, adlen);
	reads(npub, crypto_aead_chacha20poly1305_ietf_NPUBBYTES);
	reads(k, crypto_aead_chacha20poly1305_ietf_KEYBYTES);
	rc = __real_crypto_aead_chacha20poly1305_ietf_decrypt(
	    m, mlen, nsec, c, clen, ad, adlen, npub, k);
	writes(m, clen - crypto_aead_chacha20poly1305_ietf_ABYTES);
	return rc;
}

WRAPPED(int, crypto_generichash,
    (unsigned char *out, size_t outlen, const unsigned char *in, unsigned long long inlen,
	const unsigned char *key, size_t keylen))
{
	int rc;

	reads(in, inlen);
	reads(key, keylen);
	rc = __real_crypto_generichash(out, outlen, in, inlen, key, keylen);
	writes(out, outlen);
	return rc;
}

WRAPPED(int, crypto_shorthash,
    (unsigned char *out, const unsigned char *in, unsigned long long inlen, const unsigned char *k))
{
	int rc;

	reads(in, inlen);
	reads(k, crypto_shorthash_KEYBYTES);
	rc = __real_crypto_shorthash(out, in, inlen, k);
	writes(out, crypto_shorthash_BYTES);
	return rc;
}

WRAPPED(int, sodium_hex2bin,
    (unsigned char *bin, size_t max, const char *hex, size_t hex_len, const char *ignore,
	size_t *bin_len, const char **end))
{
	int rc;

	reads(hex, hex_len);
	rc = __real_sodium_hex2bin(bin, max, hex, hex_len, ignore, bin_len, end);
	writes(bin_len, sizeof(*bin_len));
	writes(end, sizeof(*end));
	writes(bin, *bin_len);
	return rc;
}

WRAPPED(void, sodium_memzero, (void *const ptr, const size_t len))
{
	__real_sodium_memzero(ptr, len);
	writes(ptr, len);
}

/* --- libcbor, libcoap --- */

static size_t
written(const void *to, size_t n)
{
	writes(to, n);
	return n;
}

WRAPPED(size_t, cbor_encode_array_start, (size_t n, unsigned char *to, size_t cap))
{
	return written(to, __real_cbor_encode_array_start(n, to, cap));
}

WRAPPED(size_t, cbor_encode_map_start, (size_t n, unsigned char *to, size_t cap))
{
	return written(to, __real_cbor_encode_map_start(n, to, cap));
}

WRAPPED(size_t, cbor_encode_bytestring_start, (size_t n, unsigned char *to, size_t cap))
{
	return written(to, __real_cbor_encode_bytestring_start(n, to, cap));
}

WRAPPED(size_t, cbor_encode_string_start, (size_t n, unsigned char *to, size_t cap))
{
	return written(to, __real_cbor_encode_string_start(n, to, cap));
}

WRAPPED(size_t, cbor_encode_uint, (uint64_t n, unsigned char *to, size_t cap))
{
	return written(to, __real_cbor_encode_uint(n, to, cap));
}

WRAPPED(size_t, cbor_encode_negint, (uint64_t n, unsigned char *to, size_t cap))
{
	return written(to, __real_cbor_encode_negint(n, to, cap));
}

WRAPPED(size_t, cbor_encode_null, (unsigned char *to, size_t cap))
{
	return written(to, __real_cbor_encode_null(to, cap));
}

WRAPPED(size_t, coap_opt_parse, (const coap_opt_t *in, size_t len, coap_option_t *out))
{
	size_t n;

	reads(in, len);
	n = __real_coap_opt_parse(in, len, out);
	if (n > 0)
		writes(out, sizeof(*out));
	return n;
}

WRAPPED(size_t, coap_opt_encode,
    (coap_opt_t * to, size_t cap, uint16_t delta, const uint8_t *value, size_t len))
{
	reads(value, len);
	return written(to, __real_coap_opt_encode(to, cap, delta, value, len));
}

/* --- jansson: all that it writes to it has allocated, or is an error --- */

static json_malloc_t allocate;
static json_free_t release;

UNSEEN static void *
allocate_between(size_t size)
{
	void *ptr = allocate(size);

	writes(ptr, size);
	return ptr;
}

UNSEEN static void
release_between(void *ptr)
{
	release(ptr);
}

WRAPPED(void, json_set_alloc_funcs, (json_malloc_t malloc_fn, json_free_t free_fn))
{
	allocate = malloc_fn;
	release = free_fn;
	__real_json_set_alloc_funcs(allocate_between, release_between);
}

/* What an instrumented function has left on the stack is not initialized, for jansson neither,
 * although it writes there before it reads. */
__attribute__((noinline)) static void
clean_stack(void)
{
	char room[1 << 18];

	writes(room, sizeof(room));
	__asm__ volatile("" : : "r"(room) : "memory");
}

WRAPPED(json_t *, json_loadb, (const char *text, size_t len, size_t flags, json_error_t *error))
{
	reads(text, len);
	writes(error, sizeof(*error));
	clean_stack();
	return __real_json_loadb(text, len, flags, error);
}
