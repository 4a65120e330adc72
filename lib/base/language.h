/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_BASE_LANGUAGE_H
#define OSC_BASE_LANGUAGE_H

/* What lets C++ include the headers of base and core: their functions have the names of C, and
 * an array parameter says how long it is at least only where the language has a word for it. */
#ifdef __cplusplus
#define OSC_C_BEGIN extern "C" {
#define OSC_C_END }
#define OSC_AT_LEAST(n) n
#else
#define OSC_C_BEGIN
#define OSC_C_END
#define OSC_AT_LEAST(n) static n
#endif

/* A function that is called rarely: kept out of the way of those that are called for each
 * message, with the large buffers that it has. */
#if defined(__GNUC__)
#define OSC_RARE __attribute__((cold, noinline))
#else
#define OSC_RARE
#endif

/* A large variable that is written before it is read, on the way of each message: not cleared
 * where the compiler clears all others. */
#if defined(__has_attribute)
#if __has_attribute(uninitialized)
#define OSC_UNSET __attribute__((uninitialized))
#endif
#endif
#ifndef OSC_UNSET
#define OSC_UNSET
#endif

/* A function that is called for each message and is mostly the call. */
#if defined(__GNUC__)
#define OSC_INLINE static inline __attribute__((always_inline))
#else
#define OSC_INLINE static inline
#endif

#endif
