/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "base/cpu.h"

#if defined(__x86_64__) || defined(__i386__)
#if __has_include(<sys/platform/x86.h>)
#include <sys/platform/x86.h>
#else
#include <cpuid.h>
#endif
#elif defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

#define HWCAP_AES_BIT (1UL << 3) /* of the kernel's interface */
#endif

/* Not __builtin_cpu_supports: whenever a program starts it asks the processor for all that there
 * is, and each question stops a virtual machine. glibc has asked already, and remembers. */
bool
osc_cpu_lacks_aes(void)
{
#if defined(CPU_FEATURE_PRESENT)
	return !CPU_FEATURE_PRESENT(AES);
#elif defined(bit_AES)
	unsigned eax, ebx, ecx, edx;

	__cpuid(1, eax, ebx, ecx, edx);
	return (ecx & bit_AES) == 0;
#elif defined(HWCAP_AES_BIT)
	return (getauxval(AT_HWCAP) & HWCAP_AES_BIT) == 0;
#else
	return false;
#endif
}
