/* SPDX-License-Identifier: ISC */
#include "core/util/proc.h"

#include "tests/unit/unit.h"

#define SH(SCRIPT) \
	(const char *const[]) \
	{ \
		"sh", "-c", SCRIPT, NULL \
	}

static void
arguments_and_input_arrive_as_they_are(void **state)
{
	static const char *const argv[] = { "sh", "-c",
		"printf '%s|' \"$@\"; cat; echo heard >&2", "sh", "$(x)", "a b",
		"-n", "", "'", NULL };
	struct proc_spec spec = { .argv = argv, .in = "in\0put", .in_len = 6 };
	struct buf out = BUF_INIT, errs = BUF_INIT;
	int status;

	(void)state;
	assert_ok(proc_run(&spec, &out, &errs, &status));
	assert_int_equal(status, 0);
	assert_int_equal(out.len, 21);
	assert_memory_equal(out.data, "$(x)|a b|-n||'|in\0put", 21);
	assert_bytes(&errs, "heard\n");
	buf_release(&out);
	buf_release(&errs);
}

static void
the_exit_status_comes_back(void **state)
{
	struct proc_spec seven = { .argv = SH("exit 7") };
	struct proc_spec killed = { .argv = SH("kill -9 $$") };
	struct buf out = BUF_INIT;
	int status;

	(void)state;
	assert_ok(proc_run(&seven, &out, NULL, &status));
	assert_int_equal(status, 7);
	assert_ok(proc_run(&killed, &out, NULL, &status));
	assert_int_equal(status, 128 + 9);
	buf_release(&out);
}

static void
a_missing_program_is_not_a_missing_folder(void **state)
{
	struct proc_spec absent = { .argv = (const char *const[]){
					"no-such-program-here", NULL } };
	struct proc_spec nowhere = { .argv = SH(":"), .dir = "/no/such/dir" };
	struct buf out = BUF_INIT;
	int status;

	(void)state;
	assert_err(proc_run(&absent, &out, NULL, &status), ERR_NOT_FOUND,
	    "no-such-program-here is not installed");
	assert_err(proc_run(&nowhere, &out, NULL, &status), ERR_SYSTEM,
	    "/no/such/dir");
	buf_release(&out);
}

static void
folder_and_environment_are_the_childs_alone(void **state)
{
	struct proc_spec spec = {
		.argv = SH("pwd; echo $DEED_UNIT; echo $DEED_KEPT"),
		.dir = "/",
		.env = (const char *const[]){ "DEED_UNIT=over", NULL },
	};
	struct buf out = BUF_INIT;
	int status;

	(void)state;
	setenv("DEED_UNIT", "before", 1);
	setenv("DEED_KEPT", "kept", 1);
	assert_ok(proc_run(&spec, &out, NULL, &status));
	assert_bytes(&out, "/\nover\nkept\n");
	assert_string_equal(getenv("DEED_UNIT"), "before");
	buf_release(&out);
}

static void
more_output_than_allowed_is_refused(void **state)
{
	struct proc_spec spec = { .argv = SH("while :; do echo y; done"),
		.out_max = 100000 };
	struct buf out = BUF_INIT;
	int status;

	(void)state;
	assert_err(proc_run(&spec, &out, NULL, &status), ERR_LIMIT, "sh");
	buf_release(&out);
}

static void
a_chatty_program_is_heard_to_its_last_words(void **state)
{
	struct proc_spec spec = { .argv =
				      SH("yes much said | head -c 400000 >&2; "
					 "echo the reason >&2; exit 3") };
	struct buf out = BUF_INIT, errs = BUF_INIT;
	struct proc p;
	int status;

	(void)state;
	assert_ok(proc_run(&spec, &out, &errs, &status));
	assert_int_equal(status, 3);
	assert_string_equal(errs.data + errs.len - 11, "the reason\n");
	assert_ok(proc_start(&p, &spec));
	assert_int_equal(read(p.out, out.data, 0), 0);
	assert_err(proc_finish(&p), ERR_SYSTEM, "sh failed: the reason");
	buf_release(&out);
	buf_release(&errs);
}

static void
a_stream_may_be_left_early(void **state)
{
	struct proc_spec spec = { .argv = SH("while :; do echo y; done") };
	struct proc p;
	char some[64];

	(void)state;
	assert_ok(proc_start(&p, &spec));
	assert_true(read(p.out, some, sizeof(some)) > 0);
	assert_ok(proc_finish(&p));
	assert_ok(proc_finish(&p));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arguments_and_input_arrive_as_they_are),
		cmocka_unit_test(the_exit_status_comes_back),
		cmocka_unit_test(a_missing_program_is_not_a_missing_folder),
		cmocka_unit_test(folder_and_environment_are_the_childs_alone),
		cmocka_unit_test(more_output_than_allowed_is_refused),
		cmocka_unit_test(a_chatty_program_is_heard_to_its_last_words),
		cmocka_unit_test(a_stream_may_be_left_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
