/* Frames: what was written is read, and nothing else is. */
#include "wire/wire.h"

#include <setjmp.h>
#include <cmocka.h>

#include "values.h"

enum { rounds = 20, short_values = 24, no_bound = 1 << 30 };

static struct ctx ctx;

static int open_ctx(void **state)
{
	(void)state;
	ctx.arena = arena_open(4 * 1024 * 1024);
	return ctx.arena && secrets_open(64) ? 0 : -1;
}

static int close_ctx(void **state)
{
	(void)state;
	arena_close(&ctx.arena);
	return 0;
}

static struct secret *any_token(void)
{
	return any(2) ? secret_take(ctx.arena, any_bytes(ctx.arena, token_size).at, token_size)
		      : NULL;
}

static struct request any_request(void)
{
	return (struct request){
		.session = any_token(),
		.flow = any_token(),
		.device = any_token(),
		.address = any_text(ctx.arena, any(65), false),
		.agent = any_text(ctx.arena, any(121), false),
		.language = any(2) ? STR("ja") : STR_NONE,
	};
}

static struct answer any_answer(enum operation_id id, size_t longest, size_t items)
{
	const struct operation *o = &operation_list[id];
	struct answer a = {
		.support = any_text(ctx.arena, any(33), true),
		.session = any_token(),
		.flow = any_token(),
		.device = any_token(),
		.end_session = any(2),
		.end_flow = any(2),
		.kiosk = any(2),
		.field = any_text(ctx.arena, any(41), false),
		.words = any_text(ctx.arena, any(301), false),
		.number = (int64_t)any(1000) - 500,
		.wait_seconds = any(1000),
		.cursor = any_text(ctx.arena, any(321), false),
	};

	if (o->record && any(4)) {
		a.record = arena_take(ctx.arena, o->record->size);
		any_value(ctx.arena, o->record, longest, a.record);
	}
	if (o->item && items) {
		a.item_count = items;
		a.items = arena_take(ctx.arena, items * o->item->size);
		for (size_t i = 0; i < items; i++)
			any_value(ctx.arena, o->item, longest, (char *)a.items + i * o->item->size);
	}
	return a;
}

static void same_request(const struct request *a, const struct request *b)
{
	assert_true(same_secret(a->session, b->session));
	assert_true(same_secret(a->flow, b->flow));
	assert_true(same_secret(a->device, b->device));
	assert_true(str_same(a->address, b->address));
	assert_true(str_same(a->agent, b->agent));
	assert_true(str_same(a->language, b->language));
}

static void same_answer(enum operation_id id, const struct answer *a, const struct answer *b)
{
	const struct operation *o = &operation_list[id];

	assert_true(str_same(a->support, b->support));
	assert_true(same_secret(a->session, b->session));
	assert_true(same_secret(a->flow, b->flow));
	assert_true(same_secret(a->device, b->device));
	assert_true(a->end_session == b->end_session && a->end_flow == b->end_flow &&
		    a->kiosk == b->kiosk);
	assert_true(str_same(a->field, b->field));
	assert_true(str_same(a->words, b->words));
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->wait_seconds, b->wait_seconds);
	assert_true(str_same(a->cursor, b->cursor));
	assert_true(!a->record == !b->record);
	assert_true(!a->record || same_value(o->record, a->record, b->record));
	assert_int_equal(a->item_count, b->item_count);
	for (size_t i = 0; i < a->item_count; i++)
		assert_true(same_value(o->item, (const char *)a->items + i * o->item->size,
			(const char *)b->items + i * o->item->size));
}

/* A frame with random values, in the arena. */
static struct str asked(enum operation_id id, size_t longest)
{
	const struct shape *asks = operation_list[id].asks;
	struct request r = any_request();
	struct buf out = buf_in(ctx.arena, frame_limit);
	void *in = arena_take(ctx.arena, asks->size);

	any_value(ctx.arena, asks, longest, in);
	assert_int_equal(frame_ask(&ctx, 7, id, &r, in, &out), 0);
	return buf_str(&out);
}

static struct str answered(enum operation_id id, size_t longest, size_t items)
{
	struct answer a = any_answer(id, longest, items);
	struct buf out = buf_in(ctx.arena, answer_limit);

	assert_int_equal(answer_give(&ctx, 7, id, reply_done, &a, &out), 0);
	return buf_str(&out);
}

static err take(struct str frame)
{
	struct request r = { 0 };
	enum operation_id id;
	const void *in;
	uint32_t serial;

	return frame_take(&ctx, frame, &serial, &id, &r, &in);
}

/* Refused, or read as a value that, written again, is these bytes and no others. */
static bool refused_or_itself(struct str frame)
{
	struct buf again = buf_on((char[8192]){ 0 }, 8192);
	struct request r = { 0 };
	enum operation_id id;
	const void *in;
	uint32_t serial;
	err e = frame_take(&ctx, frame, &serial, &id, &r, &in);

	if (e)
		return e == reply_malformed;
	return frame_ask(&ctx, serial, id, &r, in, &again) == 0 && str_same(buf_str(&again), frame);
}

static bool answer_refused_or_itself(enum operation_id id, struct str frame)
{
	struct buf again = buf_on((char[8192]){ 0 }, 8192);
	struct answer a;
	uint32_t serial;
	int reply;
	err e = answer_take(&ctx, frame, id, &serial, &reply, &a);

	if (e)
		return e == -fault_wire;
	return answer_give(&ctx, serial, id, reply, &a, &again) == 0 &&
	       str_same(buf_str(&again), frame);
}

static void every_request_comes_out_as_it_went_in(void **state)
{
	(void)state;
	for (enum operation_id id = 0; id < operation_count; id++) {
		const struct shape *asks = operation_list[id].asks;

		for (int round = 0; round < rounds; round++) {
			struct request sent = any_request(),
				       got = { .door = door_courier, .arrived_us = 5 };
			struct buf out = buf_in(ctx.arena, frame_limit);
			void *in = arena_take(ctx.arena, asks->size);
			enum operation_id taken;
			const void *read;
			uint32_t serial;

			any_value(ctx.arena, asks, no_bound, in);
			sent.door = door_socket;
			assert_int_equal(frame_ask(&ctx, 0xfffffffe, id, &sent, in, &out), 0);
			assert_int_equal(frame_whole(buf_str(&out), frame_limit), out.length);
			assert_int_equal(frame_serial(buf_str(&out)), 0xfffffffe);
			assert_int_equal(
				frame_take(&ctx, buf_str(&out), &serial, &taken, &got, &read), 0);
			assert_int_equal(serial, 0xfffffffe);
			assert_int_equal(taken, id);
			assert_true(same_value(asks, in, read));
			same_request(&sent, &got);
			assert_int_equal(got.door, door_courier);
			assert_int_equal(got.arrived_us, 5);
			arena_wipe(ctx.arena);
		}
	}
}

static void every_answer_comes_out_as_it_went_in(void **state)
{
	(void)state;
	for (enum operation_id id = 0; id < operation_count; id++) {
		for (int round = 0; round < rounds; round++) {
			struct answer sent = any_answer(id, no_bound, any(5)), got;
			struct buf out = buf_in(ctx.arena, answer_limit);
			uint32_t serial;
			int reply;

			assert_int_equal(answer_give(&ctx, 9, id, reply_again, &sent, &out), 0);
			assert_int_equal(
				answer_take(&ctx, buf_str(&out), id, &serial, &reply, &got), 0);
			assert_int_equal(serial, 9);
			assert_int_equal(reply, reply_again);
			same_answer(id, &sent, &got);
			arena_wipe(ctx.arena);
		}
	}
}

static void a_thousand_items_come_through_and_no_more(void **state)
{
	struct answer sent = any_answer(operation_people_list, 10, frame_items + 1), got;
	struct buf out = buf_in(ctx.arena, answer_limit);
	uint32_t serial;
	int reply;

	(void)state;
	assert_int_equal(answer_give(&ctx, 9, operation_people_list, 0, &sent, &out), -fault_wire);
	assert_int_equal(out.length, 0);
	sent.item_count = frame_items;
	assert_int_equal(answer_give(&ctx, 9, operation_people_list, 0, &sent, &out), 0);
	assert_int_equal(
		answer_take(&ctx, buf_str(&out), operation_people_list, &serial, &reply, &got), 0);
	same_answer(operation_people_list, &sent, &got);
	arena_wipe(ctx.arena);
}

static void every_truncated_frame_is_refused(void **state)
{
	(void)state;
	for (enum operation_id id = 0; id < operation_count; id++) {
		struct str frame = asked(id, short_values), answer = answered(id, short_values, 2);

		for (size_t length = 0; length < frame.length; length++) {
			assert_int_equal(take(str_upto(frame, length)), reply_malformed);
		}
		for (size_t length = 0; length < answer.length; length++) {
			struct answer a;
			uint32_t serial;
			int reply;

			assert_int_equal(answer_take(&ctx, str_upto(answer, length), id, &serial,
						 &reply, &a),
				-fault_wire);
		}
		arena_wipe(ctx.arena);
	}
}

/* Cuts the body, and mends the length field, so that only the fields can refuse it. */
static void every_body_cut_short_is_refused(void **state)
{
	(void)state;
	for (enum operation_id id = 0; id < operation_count; id++) {
		struct buf frame = buf_on((char[4096]){ 0 }, 4096);

		buf_add(&frame, asked(id, short_values));
		assert_false(frame.full);
		while (frame.length-- > frame_header) {
			frame.at[0] = (char)((frame.length - 4) & 255);
			frame.at[1] = (char)((frame.length - 4) >> 8);
			assert_int_equal(take(buf_str(&frame)), reply_malformed);
			arena_wipe(ctx.arena);
		}
	}
}

static void a_byte_changed_is_refused_or_another_valid_value(void **state)
{
	static const uint8_t flips[] = { 1, 0x80, 0xff };

	(void)state;
	for (enum operation_id id = 0; id < operation_count; id++) {
		struct buf frame = buf_on((char[4096]){ 0 }, 4096);
		struct buf answer = buf_on((char[8192]){ 0 }, 8192);

		buf_add(&frame, asked(id, short_values));
		buf_add(&answer, answered(id, short_values, 2));
		assert_false(frame.full || answer.full);
		for (size_t i = 0; i < 3 * frame.length; i++) {
			frame.at[i / 3] ^= (char)flips[i % 3];
			assert_true(refused_or_itself(buf_str(&frame)));
			frame.at[i / 3] ^= (char)flips[i % 3];
			arena_wipe(ctx.arena);
		}
		for (size_t i = 0; i < 3 * answer.length; i++) {
			answer.at[i / 3] ^= (char)flips[i % 3];
			assert_true(answer_refused_or_itself(id, buf_str(&answer)));
			answer.at[i / 3] ^= (char)flips[i % 3];
			arena_wipe(ctx.arena);
		}
	}
}

static void nothing_may_follow_the_last_field(void **state)
{
	struct str frame = asked(operation_recover_begin, short_values);
	char *longer = arena_take(ctx.arena, frame.length + 1);

	(void)state;
	memcpy(longer, frame.at, frame.length);
	longer[0] = (char)((frame.length + 1 - 4) & 255);
	longer[1] = (char)((frame.length + 1 - 4) >> 8);
	assert_int_equal(take((struct str){ longer, frame.length + 1 }), reply_malformed);
	arena_wipe(ctx.arena);
}

static void a_refused_frame_still_says_whom_to_answer(void **state)
{
	char frame[] = { 6, 0, 0, 0, 0x78, 0x56, 0x34, 0x12, 0, 0 };
	struct str s = { frame, sizeof(frame) };
	struct request r = { 0 };
	enum operation_id id;
	const void *in;
	uint32_t serial;

	(void)state;
	assert_int_equal(frame_take(&ctx, s, &serial, &id, &r, &in), reply_malformed);
	assert_int_equal(serial, 0x12345678);
	assert_int_equal(id, 0);
	frame[8] = frame[9] = (char)0xff;
	assert_int_equal(frame_take(&ctx, s, &serial, &id, &r, &in), reply_malformed);
	assert_int_equal(serial, 0x12345678);
	assert_int_equal(id, operation_count);
	arena_wipe(ctx.arena);
}

static void an_answer_to_no_operation_has_no_record(void **state)
{
	struct answer a = { .support = STR("AB12") }, got;
	struct buf out = buf_in(ctx.arena, 1000);
	uint32_t serial;
	int reply;

	(void)state;
	assert_int_equal(answer_give(&ctx, 3, operation_count, -fault_store, &a, &out), 0);
	assert_int_equal(
		answer_take(&ctx, buf_str(&out), operation_count, &serial, &reply, &got), 0);
	assert_int_equal(reply, reply_fault);
	assert_true(str_is(got.support, "AB12"));
	assert_null(got.record);
	arena_wipe(ctx.arena);
}

/* Writes a name that the other side would refuse. */
static err ask_name(struct str name)
{
	struct op_recover_begin in = { .name = name };
	struct buf out = buf_in(ctx.arena, frame_limit);
	err e = frame_ask(&ctx, 1, operation_recover_begin, NULL, &in, &out);

	assert_int_equal(e ? out.length : 0, 0);
	arena_wipe(ctx.arena);
	return e;
}

static void the_sender_refuses_what_the_receiver_would(void **state)
{
	char long_name[321];
	struct op_recover_method choice = { .method = STR("smoke") };
	struct op_info_delete id = { .id = STR("a b") };
	struct op_people_list number = { .most = 1001 };
	struct buf out = buf_in(ctx.arena, frame_limit);

	(void)state;
	memset(long_name, 'a', sizeof(long_name));
	assert_int_equal(ask_name((struct str){ long_name, 320 }), 0);
	assert_int_equal(ask_name((struct str){ long_name, 321 }), -fault_wire);
	assert_int_equal(ask_name(STR("a\xff")), -fault_wire);
	assert_int_equal(ask_name(STR("a\0b")), -fault_wire);
	assert_int_equal(ask_name(STR("\xed\xa0\x80")), -fault_wire);
	assert_int_equal(
		frame_ask(&ctx, 1, operation_recover_method, NULL, &choice, &out), -fault_wire);
	assert_int_equal(frame_ask(&ctx, 1, operation_info_delete, NULL, &id, &out), -fault_wire);
	assert_int_equal(
		frame_ask(&ctx, 1, operation_people_list, NULL, &number, &out), -fault_wire);
	number.most = -1;
	assert_int_equal(
		frame_ask(&ctx, 1, operation_people_list, NULL, &number, &out), -fault_wire);
	assert_non_null(strstr(ctx.fault.words, "op_people_list.most"));
	arena_wipe(ctx.arena);
}

static void a_token_is_whole_or_not_there(void **state)
{
	struct request r = { .flow = secret_take(ctx.arena, "0123456789abcdef", 16) };
	struct answer a = { .flow = r.flow };
	struct op_recover_show in = { 0 };
	struct buf out = buf_in(ctx.arena, frame_limit);

	(void)state;
	assert_int_equal(frame_ask(&ctx, 1, operation_recover_show, &r, &in, &out), -fault_wire);
	assert_int_equal(answer_give(&ctx, 1, operation_recover_show, 0, &a, &out), -fault_wire);
	arena_wipe(ctx.arena);
}

static void each_token_is_looked_at(void **state)
{
	const char *const short_one = "0123456789abcdef";
	struct op_recover_show in = { 0 };
	struct buf out = buf_in(ctx.arena, frame_limit);

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct secret *token = secret_take(ctx.arena, short_one, 16);
		struct request r = { .session = i == 0 ? token : NULL,
			.flow = i == 1 ? token : NULL,
			.device = i == 2 ? token : NULL };
		struct answer a = { .session = r.session, .flow = r.flow, .device = r.device };

		assert_int_equal(
			frame_ask(&ctx, 1, operation_recover_show, &r, &in, &out), -fault_wire);
		assert_int_equal(
			answer_give(&ctx, 1, operation_recover_show, 0, &a, &out), -fault_wire);
	}
	assert_int_equal(out.length, 0);
	arena_wipe(ctx.arena);
}

static void what_does_not_fit_beside_the_fields_is_refused_too(void **state)
{
	struct request r = { .address = STR("\xff") };
	struct answer a = { .support = STR("not an id") };
	struct op_recover_show in = { 0 };
	struct buf out = buf_in(ctx.arena, frame_limit), nowhere = { 0 };
	struct op_info_delete id = { .id = STR("{") };

	(void)state;
	assert_int_equal(frame_ask(&ctx, 1, operation_recover_show, &r, &in, &out), -fault_wire);
	assert_int_equal(answer_give(&ctx, 1, operation_recover_show, 0, &a, &out), -fault_wire);
	assert_int_equal(frame_ask(&ctx, 1, operation_info_delete, NULL, &id, &out), -fault_wire);
	a = (struct answer){ .item_count = 1 };
	assert_int_equal(answer_give(&ctx, 1, operation_recover_show, 0, &a, &out), -fault_wire);
	assert_int_equal(out.length, 0);
	assert_int_equal(
		frame_ask(&ctx, 1, operation_recover_show, NULL, &in, &nowhere), -fault_limit);
	assert_int_equal(nowhere.length, 0);
	arena_wipe(ctx.arena);
}

/* However much room there is: the other side would not read it. */
static void an_answer_over_the_limit_is_not_given(void **state)
{
	static char value[700];
	static struct rec_setting_row rows[frame_items];
	struct ctx large = { .arena = arena_open(4 * 1024 * 1024) };
	struct buf out = buf_in(large.arena, 2 * answer_limit);
	struct answer a = { .items = rows, .item_count = frame_items };

	(void)state;
	memset(value, 'x', sizeof(value));
	for (size_t i = 0; i < frame_items; i++)
		rows[i].value = (struct str){ value, sizeof(value) };
	assert_int_equal(
		answer_give(&large, 1, operation_settings_show, 0, &a, &out), -fault_limit);
	assert_int_equal(out.length, 0);
	a.item_count = frame_items / 2;
	assert_int_equal(answer_give(&large, 1, operation_settings_show, 0, &a, &out), 0);
	arena_close(&large.arena);
}

static void an_answer_that_finds_no_memory_is_a_fault(void **state)
{
	struct rec_person person = { .name = STR("ada") };
	struct answer a = { .record = &person }, back;
	struct ctx tight = { .arena = arena_open(4096) };
	struct buf out = buf_in(ctx.arena, answer_limit);
	uint32_t serial;
	int reply;

	(void)state;
	assert_int_equal(answer_give(&ctx, 1, operation_people_show, 0, &a, &out), 0);
	while (arena_take(tight.arena, 16))
		;
	assert_int_equal(
		answer_take(&tight, buf_str(&out), operation_people_show, &serial, &reply, &back),
		-fault_arena);
	arena_close(&tight.arena);
	arena_wipe(ctx.arena);
}

static void an_answer_with_a_token_cut_short_is_refused(void **state)
{
	struct answer a = { .session = secret_take(
				    ctx.arena, "0123456789abcdef0123456789abcdef", 32) },
		      back;
	struct buf out = buf_in(ctx.arena, answer_limit);
	uint32_t serial;
	int reply;

	(void)state;
	assert_int_equal(answer_give(&ctx, 1, operation_recover_show, 0, &a, &out), 0);
	/* support: 4 bytes of length, nothing;
	 * then the session's length, and one byte less of it */
	assert_int_equal(out.at[14], 32);
	out.at[14] = 31;
	out.at[0]--;
	memmove(out.at + 18, out.at + 19, out.length - 19);
	assert_int_equal(answer_take(&ctx, str_upto(buf_str(&out), out.length - 1),
				 operation_recover_show, &serial, &reply, &back),
		-fault_wire);
	arena_wipe(ctx.arena);
}

/* The session's length, the first field, is 5; nothing else is said. */
static void a_token_cut_short_is_refused(void **state)
{
	char frame[4 + 6 + 24 + 5] = { 35, 0, 0, 0, 1, 0, 0, 0, operation_recover_show, 0, 5 };

	(void)state;
	assert_int_equal(take((struct str){ frame, sizeof(frame) }), reply_malformed);
	frame[10] = 0;
	frame[0] = 30;
	assert_int_equal(take((struct str){ frame, sizeof(frame) - 5 }), 0);
	arena_wipe(ctx.arena);
}

static void a_secret_that_finds_no_memory_is_a_fault(void **state)
{
	struct op_recover_answer in = { .code = secret_take(ctx.arena, "123456", 6) };
	struct ctx other = { .arena = arena_open(64 * 1024) };
	struct buf out = buf_in(ctx.arena, 200);

	(void)state;
	assert_int_equal(frame_ask(&ctx, 1, operation_recover_answer, NULL, &in, &out), 0);
	while (secret_take(other.arena, "x", 1))
		;
	assert_int_equal(take(buf_str(&out)), -fault_memory);
	arena_close(&other.arena);
	assert_int_equal(take(buf_str(&out)), 0);
	arena_wipe(ctx.arena);
}

static void an_empty_required_field_is_refused_at_both_ends(void **state)
{
	struct op_recover_answer in = { .code = secret_take(ctx.arena, "1", 1) };
	struct buf out = buf_in(ctx.arena, 200);

	(void)state;
	assert_int_equal(frame_ask(&ctx, 1, operation_recover_answer, NULL, &in, &out), 0);
	assert_int_equal(take(buf_str(&out)), 0);
	/* The last field is the code: now of length 0, and one byte shorter. */
	out.length -= 1;
	out.at[out.length - 4] = 0;
	out.at[0] -= 1;
	assert_int_equal(take(buf_str(&out)), reply_malformed);
	in.code = NULL;
	assert_int_equal(
		frame_ask(&ctx, 1, operation_recover_answer, NULL, &in, &out), -fault_wire);
	arena_wipe(ctx.arena);
}

static void an_empty_required_field_is_named(void **state)
{
	struct op_change_password in = { 0 };
	struct op_recover_begin begin = { .name = STR("ada") };

	(void)state;
	assert_string_equal(frame_missing(operation_change_password, &in), "password");
	in.password = secret_take(ctx.arena, "x", 1);
	assert_null(frame_missing(operation_change_password, &in));
	assert_null(frame_missing(operation_recover_begin, &begin));
	arena_wipe(ctx.arena);
}

static void a_hostile_length_is_neither_awaited_nor_read(void **state)
{
	static const char huge[] = { (char)0xff, (char)0xff, (char)0xff, (char)0xff, 0, 0 };
	static const char tiny[] = { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
	static const char begun[] = { 100, 0, 0, 0, 1, 0, 0, 0, 0, 0 };

	(void)state;
	assert_int_equal(frame_whole((struct str){ huge, sizeof(huge) }, frame_limit), -1);
	assert_int_equal(frame_whole((struct str){ tiny, sizeof(tiny) }, frame_limit), -1);
	assert_int_equal(frame_whole((struct str){ begun, sizeof(begun) }, frame_limit), 0);
	assert_int_equal(frame_whole((struct str){ begun, 3 }, frame_limit), 0);
	assert_int_equal(frame_whole(STR_NONE, frame_limit), 0);
}

static void a_full_buffer_keeps_what_it_had(void **state)
{
	struct op_recover_begin in = { .name = STR("ada") };
	struct buf out = buf_in(ctx.arena, 80);

	(void)state;
	assert_int_equal(frame_ask(&ctx, 1, operation_recover_begin, NULL, &in, &out), 0);
	assert_int_equal(
		frame_ask(&ctx, 2, operation_recover_begin, NULL, &in, &out), -fault_limit);
	assert_false(out.full);
	assert_int_equal(frame_whole(buf_str(&out), frame_limit), out.length);
	arena_wipe(ctx.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_comes_out_as_it_went_in),
		cmocka_unit_test(every_answer_comes_out_as_it_went_in),
		cmocka_unit_test(a_thousand_items_come_through_and_no_more),
		cmocka_unit_test(every_truncated_frame_is_refused),
		cmocka_unit_test(every_body_cut_short_is_refused),
		cmocka_unit_test(a_byte_changed_is_refused_or_another_valid_value),
		cmocka_unit_test(nothing_may_follow_the_last_field),
		cmocka_unit_test(a_refused_frame_still_says_whom_to_answer),
		cmocka_unit_test(an_answer_to_no_operation_has_no_record),
		cmocka_unit_test(the_sender_refuses_what_the_receiver_would),
		cmocka_unit_test(a_token_is_whole_or_not_there),
		cmocka_unit_test(a_token_cut_short_is_refused),
		cmocka_unit_test(each_token_is_looked_at),
		cmocka_unit_test(what_does_not_fit_beside_the_fields_is_refused_too),
		cmocka_unit_test(an_answer_over_the_limit_is_not_given),
		cmocka_unit_test(an_answer_that_finds_no_memory_is_a_fault),
		cmocka_unit_test(an_answer_with_a_token_cut_short_is_refused),
		cmocka_unit_test(a_secret_that_finds_no_memory_is_a_fault),
		cmocka_unit_test(an_empty_required_field_is_refused_at_both_ends),
		cmocka_unit_test(an_empty_required_field_is_named),
		cmocka_unit_test(a_hostile_length_is_neither_awaited_nor_read),
		cmocka_unit_test(a_full_buffer_keeps_what_it_had),
	};

	return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
