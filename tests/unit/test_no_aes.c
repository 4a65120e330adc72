/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/cpu.h"
#include "with_store.h"

/* A processor as the test wants it: linked in place of the one that there is. */
bool __wrap_osc_cpu_lacks_aes(void);
bool __real_osc_cpu_lacks_aes(void);

static bool lacks;

bool
__wrap_osc_cpu_lacks_aes(void)
{
	return lacks;
}

static unsigned
warnings_of(const char *algorithm)
{
	char settings[256];
	struct osc_store *store;
	unsigned warnings;

	(void)snprintf(settings, sizeof(settings),
	    "{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"00\", \"secret_hex\":"
	    " \"0102030405060708090a0b0c0d0e0f10\", \"algorithm\": \"%s\"}",
	    algorithm);
	start(settings, NULL);
	CHECK(open_store(&store) == OSC_OK);
	warnings = osc_store_warnings(store);
	osc_store_close(&store);
	return warnings;
}

static void
test_no_aes(void)
{
	lacks = true;
	CHECK((warnings_of("AES-CCM-16-64-128") & OSC_WARN_NO_AES) != 0);
	CHECK((warnings_of("A256GCM") & OSC_WARN_NO_AES) != 0);
	CHECK((warnings_of("ChaCha20/Poly1305") & OSC_WARN_NO_AES) == 0);
	lacks = false;
	CHECK((warnings_of("AES-CCM-16-64-128") & OSC_WARN_NO_AES) == 0);
}

/* Asked twice, the real one says the same. */
static void
test_real_processor(void)
{
	CHECK(__real_osc_cpu_lacks_aes() == __real_osc_cpu_lacks_aes());
}

int
main(void)
{
	osc_secret_init();
	dir_make();
	RUN(test_no_aes);
	RUN(test_real_processor);
	dir_remove();
	osc_secret_wipe_all();
	return unit_end();
}
