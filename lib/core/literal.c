/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <arpa/inet.h>

#include "base/ascii.h"
#include "core/literal.h"

static bool
is_ipv6(struct osc_slice text)
{
	char copy[INET6_ADDRSTRLEN] = "";
	struct in6_addr address;

	if (text.len >= sizeof(copy))
		return false;
	osc_copy((uint8_t *)copy, text.ptr, text.len);
	return strlen(copy) == text.len && inet_pton(AF_INET6, copy, &address) == 1;
}

/* "v", hex digits, a dot, and more than nothing. */
static bool
is_future(struct osc_slice text)
{
	size_t i = 1;

	while (i < text.len && osc_hex_value(text.ptr[i]) >= 0)
		i++;
	if (i == 1 || text.len - i < 2 || text.ptr[i] != '.')
		return false;
	for (i++; i < text.len; i++)
		if (osc_hex_value(text.ptr[i]) < 0 &&
		    ((text.ptr[i] | 0x20) < 'a' || (text.ptr[i] | 0x20) > 'z') &&
		    (text.ptr[i] == '\0' || strchr("-._~!$&'()*+,;=:", text.ptr[i]) == NULL))
			return false;
	return true;
}

bool
osc_literal_check(struct osc_slice text)
{
	if (text.len > 0 && (text.ptr[0] | 0x20) == 'v')
		return is_future(text);
	return is_ipv6(text);
}

bool
osc_literal_is_host(struct osc_slice host)
{
	char copy[INET_ADDRSTRLEN] = "";
	struct in_addr address;

	if (host.len > 0 && host.ptr[0] == '[')
		return true;
	if (host.len >= sizeof(copy))
		return false;
	osc_copy((uint8_t *)copy, host.ptr, host.len);
	return inet_pton(AF_INET, copy, &address) == 1;
}
