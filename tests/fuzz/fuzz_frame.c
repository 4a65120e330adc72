/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (c) 2026 The oscore-tools authors */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/secret.h"
#include "fuzz.h"
#include "message/frame.h"
#include "message/json.h"

/*
 * The same bytes in pieces and in one: the frame gives the same items, whatever the sizes of
 * the pieces and of the groups are, and whether the next piece is there when it looks.
 * Over packets each of them is an item.
 *
 * Byte 0 says in which format, over what, and in what groups the input comes; byte 1 whether
 * one byte of it is repeated until there is too much for a message, a line or an object;
 * bytes 2 and 3 which one; byte 4 how many bytes follow that say how the pieces are cut.
 * The rest is the input.
 */

#define HEADER ((size_t)5)
#define SOCKETS 0x04 /* not a pipe; in raw framing they keep packets apart */
#define PEEK 0x08
#define REPEAT 0xf0 /* byte 1 is at least this */
#define READY 0x80  /* of a cut: the piece is there when the frame looks for it */

#define PIECES_MAX 128     /* of a long input */
#define PACKET_MAX 100000  /* what a socket takes */
#define BUFFER_MAX 4194304 /* what a frame may need of any input */

/* What is still to come. */
static struct {
	struct osc_slice rest, cuts;
	size_t turn;  /* of the cuts */
	size_t least; /* bytes in a piece, so that there are not too many */
	bool packets;
	int fd;                  /* the end to write to, -1 when all was written */
	struct osc_buffer *sent; /* packets: the items they should be */
} feed;

/* What JSON leaves out is random: but for the same input the same. */
bool __wrap_osc_random(void *out, size_t len);
bool
__wrap_osc_random(void *out, size_t len)
{
	memset(out, 0x5a, len);
	return true;
}

static void
put(struct osc_buffer *out, const void *from, size_t len)
{
	uint8_t *to = osc_buffer_reserve(out, len);

	MUST(to != NULL);
	osc_copy(to, from, len);
	out->len += len;
}

static void
put_slice(struct osc_buffer *out, struct osc_slice slice)
{
	put(out, &slice.len, sizeof(slice.len));
	put(out, slice.ptr, slice.len);
}

/* All of an item that a program can see. */
static void
put_item(struct osc_buffer *out, const struct osc_item *item)
{
	const char *note = item->note != NULL ? item->note : "";

	put(out, &item->number, sizeof(item->number));
	put(out, &item->err, sizeof(item->err));
	put(out, &item->where, sizeof(item->where));
	put_slice(out, item->in);
	put_slice(out, item->meta);
	put_slice(out, osc_slice((const uint8_t *)note, strlen(note)));
}

static void
note_packet(size_t len)
{
	static struct osc_item item;

	item.number = feed.sent->len == 0 ? 1 : item.number + 1;
	item.err = len > 65535 ? OSC_ELONG : OSC_OK;
	item.in = osc_slice(feed.rest.ptr, len > 65535 ? 65536 : len);
	put_item(feed.sent, &item);
}

/* Write the next piece, as far as there is room for it; behind the last one close. */
static void
write_piece(uint8_t cut)
{
	size_t len = (size_t)(cut & 0x0f) << 2 * (cut >> 4 & 7), max = feed.rest.len;
	ssize_t n;

	if (feed.fd == -1)
		return;
	if (feed.rest.len == 0) {
		(void)close(feed.fd);
		feed.fd = -1;
		return;
	}
	max = feed.packets && max > PACKET_MAX ? PACKET_MAX : max;
	len = len > feed.least ? len : feed.least;
	len = len < max ? len : max;
	n = write(feed.fd, feed.rest.ptr, len);
	MUST(n > 0 || (n == -1 && errno == EAGAIN));
	if (n == -1)
		return;
	if (feed.packets)
		note_packet(len);
	feed.rest = osc_slice(feed.rest.ptr + n, feed.rest.len - (size_t)n);
}

/* The frame waits, or looks whether it would have to. */
int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);
int
__wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	uint8_t cut = READY;

	if (feed.cuts.len > 0)
		cut = feed.cuts.ptr[feed.turn++ % feed.cuts.len];
	if (timeout != 0 || (cut & READY) != 0)
		write_piece(cut);
	return __real_poll(fds, n, timeout);
}

/* All items of an input, in groups of a size, or, if that is 0, of various sizes. */
static void
read_all(
    struct osc_buffer *out, int fd, enum osc_format format, size_t size, struct osc_slice *peek)
{
	static struct osc_item items[OSC_GROUP_ITEMS];
	struct osc_frame frame;
	size_t n = 1, max, turn = 0;
	uint8_t first = 0;
	enum osc_err err;

	osc_frame_init(&frame, fd, format);
	if (peek != NULL) {
		err = osc_frame_peek(&frame, &first, NULL);
		MUST(peek->len > 0 ? err == OSC_OK && first == peek->ptr[0] : err == OSC_EEMPTY);
	}
	while (n > 0) {
		max = size > 0 ? size : turn++ % 5 + 1;
		MUST(osc_frame_read(&frame, items, max, &n, NULL) == OSC_OK);
		MUST(n <= max && frame.buffer.cap <= BUFFER_MAX);
		for (size_t i = 0; i < n; i++)
			put_item(out, &items[i]);
	}
	MUST(osc_frame_read(&frame, items, 1, &n, NULL) == OSC_OK && n == 0);
	osc_frame_free(&frame);
}

static void
read_pieces(struct osc_buffer *out, const uint8_t *header, struct osc_slice in)
{
	static const size_t sizes[] = {1, 3, 0, OSC_GROUP_ITEMS};
	size_t size = in.len > 4096 ? OSC_GROUP_ITEMS : sizes[header[0] >> 4 & 3];
	enum osc_format format = (enum osc_format)(header[0] & 3);
	int ends[2], type;

	feed.packets = (header[0] & SOCKETS) != 0 && format == OSC_FORMAT_RAW;
	type = feed.packets ? SOCK_SEQPACKET : SOCK_STREAM;
	if ((header[0] & SOCKETS) != 0)
		MUST(socketpair(AF_UNIX, type, 0, ends) == 0);
	else
		MUST(pipe(ends) == 0);
	MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
	feed.rest = in;
	feed.turn = 0;
	feed.least = in.len > 4096 ? in.len / PIECES_MAX : 1;
	feed.fd = ends[1];
	read_all(out, ends[0], format, size, (header[0] & PEEK) != 0 ? &in : NULL);
	if (feed.fd != -1)
		(void)close(feed.fd); /* nothing behind what is broken is read */
	feed.fd = -1;
	(void)close(ends[0]);
}

static void
read_at_once(struct osc_buffer *out, enum osc_format format, struct osc_slice in)
{
	static FILE *file;

	if (file == NULL)
		file = tmpfile();
	MUST(file != NULL && ftruncate(fileno(file), 0) == 0);
	MUST(pwrite(fileno(file), in.ptr, in.len, 0) == (ssize_t)in.len);
	MUST(lseek(fileno(file), 0, SEEK_SET) == 0);
	read_all(out, fileno(file), format, OSC_GROUP_ITEMS, NULL);
}

/* The input, with one byte many times in it if that is asked for. */
static struct osc_slice
expand(const uint8_t *header, struct osc_slice in)
{
	static const size_t counts[] = {65535, 2 * 65536, OSC_LINE_MAX, OSC_JSON_TEXT_MAX};
	static const size_t more[] = {0, 8, 5000, 70000};
	static uint8_t room[OSC_JSON_TEXT_MAX + 80000];
	size_t at = (size_t)header[2] << 8 | header[3], n;

	if (header[1] < REPEAT || in.len == 0 || in.len > 4096)
		return in;
	at %= in.len;
	n = counts[header[1] >> 2 & 3] + more[header[1] & 3];
	osc_copy(room, in.ptr, at);
	memset(room + at, in.ptr[at], n);
	osc_copy(room + at + n, in.ptr + at, in.len - at);
	return osc_slice(room, in.len + n);
}

/* Long inputs take their time: now and then is enough. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	size = LLVMFuzzerMutate(data, size, max);
	if (size > 1 && data[1] >= REPEAT && seed % 64 != 0)
		data[1] = 0;
	return size;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct osc_buffer pieces, other;
	struct osc_slice in;
	size_t cuts;

	if (size < HEADER)
		return 0;
	osc_secret_init();
	cuts = data[4] < size - HEADER ? data[4] : size - HEADER;
	feed.cuts = osc_slice(data + HEADER, cuts);
	in = expand(data, osc_slice(data + HEADER + cuts, size - HEADER - cuts));
	pieces.len = other.len = 0;
	feed.sent = &other;
	read_pieces(&pieces, data, in);
	if (!feed.packets)
		read_at_once(&other, (enum osc_format)(data[0] & 3), in);
	MUST(osc_slice_equal(osc_slice(pieces.ptr, pieces.len), osc_slice(other.ptr, other.len)));
	return 0;
}
