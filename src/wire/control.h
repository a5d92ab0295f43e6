/* The control channel between the supervisor and one program: SOCK_SEQPACKET, one word a message,
 * at most one descriptor with it.
 *
 * A program starts with these descriptors and no others but 0, 1 and 2:
 *
 *   3  control_conf      its settings, for conf_receive
 *   4  control_channel   this channel
 *   5  control_listener  web: the listener; keeper: the command line's Unix socket, already
 * listening
 *
 * and without words, but that the keeper is told by `again` that this supervisor started one before
 * it: the machine has not stopped since.
 *
 * Supervisor to program:
 *
 *   conf + fd       new settings: conf_receive, then close fd
 *   web N + fd      (to the keeper) a stream on which the web process of place N asks
 *   courier N + fd  (to the keeper) a stream on which the courier asks; of streams with the same
 *                   place the keeper ends the older
 *   keeper + fd     (to web and courier) a stream on which the keeper answers, in place of any
 *                   older one
 *   drain           finish what is under way and exit with 0, within 10 s
 *
 * Program to supervisor:
 *
 *   ready           once, when it serves and its cage is closed
 *   parted          (from web and courier) the stream to the keeper ended, or made no sense
 *
 * The end of the channel means that the supervisor is gone: the program exits. Programs are started
 * with SIGINT, SIGTERM and SIGHUP ignored; the supervisor alone hears them. */
#ifndef WIRE_CONTROL_H
#define WIRE_CONTROL_H

#include "base/base.h"

#define control_again "again"

enum { control_conf = 3, control_channel = 4, control_listener = 5, control_word_size = 16 };

/* Sends the word (1 to 15 bytes), and passed with it if it is not -1; passed stays the caller's.
 * fault_wire: the other side is gone or does not read. */
must_use err control_send(struct ctx *c, int fd, const char *word, int passed);
/* Waits for the next message if fd blocks. *passed is -1 or a descriptor with close-on-exec, from
 * now on the caller's. reply_nothing: fd does not block and there is none. fault_wire: the other
 * side is gone, or what came is no message. */
must_use err control_receive(struct ctx *c, int fd, char word[control_word_size], int *passed);

#endif
