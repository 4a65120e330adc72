/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/cpu.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

#define HWCAP_AES_BIT (1UL << 3) /* of the kernel's interface */
#endif

bool
osc_cpu_lacks_aes(void)
{
#if defined(__x86_64__) || defined(__i386__)
	unsigned eax, ebx, ecx, edx;

	/* Not __builtin_cpu_supports: that asks for all that there is whenever a program
	 * starts, and each question stops a virtual machine. */
	__cpuid(1, eax, ebx, ecx, edx);
	return (ecx & bit_AES) == 0;
#elif defined(__aarch64__) && defined(__linux__)
	return (getauxval(AT_HWCAP) & HWCAP_AES_BIT) == 0;
#else
	return false;
#endif
}
