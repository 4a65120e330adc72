/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/cpu.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

#define HWCAP_AES_BIT (1UL << 3) /* of the kernel's interface */
#endif

bool
osc_cpu_lacks_aes(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return !__builtin_cpu_supports("aes");
#elif defined(__aarch64__) && defined(__linux__)
	return (getauxval(AT_HWCAP) & HWCAP_AES_BIT) == 0;
#else
	return false;
#endif
}
