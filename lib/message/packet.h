/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#ifndef OSC_MESSAGE_PACKET_H
#define OSC_MESSAGE_PACKET_H

#include <stdbool.h>

/* What kind of boundaries a descriptor has. */
struct osc_packet {
	bool is_packet;    /* a datagram or seqpacket socket: one message per read and write */
	bool connected;    /* writes have somewhere to go */
	bool empty_is_end; /* a read of no bytes is the end, and not a datagram without bytes */
};

/* osc_packet_look - no error: what is no socket is no packet socket */
struct osc_packet osc_packet_look(int fd);

/* osc_packet_passing - does this errno only say that a packet before got lost? Anybody
 * can make such an error with a forged ICMP message: a stream goes on. */
bool osc_packet_passing(int error);

#endif
