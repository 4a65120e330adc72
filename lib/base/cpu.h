/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_CPU_H
#define OSC_BASE_CPU_H

#include <stdbool.h>

#include "base/language.h"

OSC_C_BEGIN

/* osc_cpu_lacks_aes - is it known that this processor has no instructions for AES? Then AES
 * is computed with tables, and how long that takes depends on key and text. */
bool osc_cpu_lacks_aes(void);

OSC_C_END

#endif
