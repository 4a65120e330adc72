/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include "store/contents.h"

const char *const osc_context_files[OSC_CONTEXT_FILES] = {"settings.json", "secrets.json",
    "secret.json", OSC_SEQUENCE_FILE, OSC_LOCK_FILE, OSC_USED_FILE};
