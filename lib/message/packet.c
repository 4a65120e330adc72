/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <sys/socket.h>

#include "message/packet.h"

struct osc_packet
osc_packet_look(int fd)
{
	struct osc_packet packet = {.empty_is_end = true};
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	int type = 0;
	socklen_t type_len = sizeof(type);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_len) != 0 ||
	    (type != SOCK_DGRAM && type != SOCK_SEQPACKET))
		return packet;
	packet.is_packet = true;
	packet.connected = getpeername(fd, (void *)&address, &len) == 0;
	/* UDP has no end: anybody may send an empty datagram. Local sockets are shut down. */
	len = sizeof(address);
	if (type == SOCK_DGRAM && getsockname(fd, (void *)&address, &len) == 0)
		packet.empty_is_end = address.ss_family == AF_UNIX;
	return packet;
}

bool
osc_packet_passing(int error)
{
	return error == ECONNREFUSED || error == EHOSTUNREACH || error == ENETUNREACH;
}
