/* SPDX-License-Identifier: ISC */
#include "core/mailing.h"

#include <limits.h>

#include "core/util/path.h"
#include "tests/unit/unit.h"

/*
 * A mail with two signatures of client.example: one by e with Ed25519 that
 * covers the first 40 bytes of the body, one by r with RSA that covers all.
 */
#define SIGNED "tests/fuzz/corpus/mail/multipart-signed.eml"
#define KEY_E \
	"e._domainkey.client.example v=DKIM1; k=ed25519; " \
	"p=GHJ4QvSEhlaCVTxG6wLUAysa44AhyMJmwXNkskbs0sg=\n"
#define KEY_R \
	"r._domainkey.client.example v=DKIM1; k=rsa; " \
	"p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDBUG7yNeFu/PLh7lnn4JaWALNaU3" \
	"coHj7wQ0ITzeTDAmsDKImYxdPGv/Tc8wISKQcglg/UyLZhOT/1UJoB0KKODh28VJWmTY" \
	"wqQIK7oWkveIxgKmyN055LkRuqzM1cKu/YodgWeydb/igpbcIfv+CdM+ptLg4oA6SgyiH" \
	"CrfE5MwIDAQAB\n"
/* Somebody else's key under the same name. */
#define KEY_OTHER \
	"e._domainkey.client.example v=DKIM1; k=ed25519; " \
	"p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
#define RECORDED "2026-11-23T10:15:00Z"
#define NOW 1795428900

struct world {
	char *dir, *helper, *mail;
	struct entry entry;
	struct fact fact;
	struct intake_facts facts;
	struct mail_job job;
	struct node *checks;
};

static char *
put(const struct world *w, const char *name, const char *text)
{
	char *path = path_join(w->dir, name);

	assert_ok(file_unlink(path));
	assert_ok(file_create(path, text, strlen(text), 0600));
	return path;
}

static char *
built_helper(void)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *dir, *path, *clean;

	assert_true(len > 0);
	self[len] = '\0';
	dir = path_parent(self);
	path = path_join(dir, "../../libexec/deed-mail");
	clean = path_clean(path);
	free(path);
	free(dir);
	return clean;
}

/* Import a mail as deed import does, with these keys (may be ""). */
static void
import(struct world *w, const char *mail, const char *keys)
{
	char *keys_path;
	struct sink_options options = {
		.since = INT64_MIN, .until = INT64_MAX, .now = NOW
	};
	struct transcript_choices none = { NULL };
	struct input *in;
	struct choice choice;

	*w = (struct world){ .dir = scratch(), .helper = built_helper() };
	keys_path = put(w, "keys-at-import", keys);
	w->job = (struct mail_job){ .helper = w->helper,
		.keys = (const char *const *)&keys_path,
		.n_keys = 1,
		.now = NOW };
	options.temp_dir = w->dir;
	options.mail = &w->job;
	assert_ok(input_open(&in, mail, -1, NULL, w->dir));
	assert_ok(reader_choose(&choice, in, NULL));
	assert_ok(reader_run(&w->facts, &choice, in, &options, DATE_UNKNOWN));
	w->fact.content = w->fact.own = node_map();
	mailing_describe(w->fact.own, &choice, in, &w->facts, &w->job, &none,
	    "archives/x.zip", NULL, NULL);
	memcpy(w->entry.recorded, RECORDED, sizeof(RECORDED));
	w->fact.entry = &w->entry;
	w->checks = node_list();
	input_close(in);
	free(keys_path);
}

static void
forget(struct world *w)
{
	mail_job_release(&w->job);
	intake_facts_release(&w->facts);
	node_free(w->fact.own);
	node_free(w->checks);
	file_remove_tree(w->dir);
	free(w->dir);
	free(w->helper);
}

/* Check again, and expect this of it. */
static void
recheck(struct world *w, const char *stored, const char *own,
    const char *trusted, const char *result, const char *grade,
    const char *words)
{
	char *stored_path = stored != NULL ? put(w, "stored", stored) : NULL;
	char *own_path = own != NULL ? put(w, "own", own) : NULL;
	struct strs who = VEC_INIT;
	struct mailing_proof proof = { w->helper, w->dir, own_path, &who };
	const struct node *check;

	if (trusted != NULL)
		strs_add(&who, trusted);
	assert_ok(mailing_recheck(w->checks, "FO1 1234", &w->fact,
	    w->facts.sums.path, stored_path, &proof));
	check = node_at(w->checks, node_count(w->checks) - 1);
	if (strcmp(node_text(check, "result"), result) != 0 ||
	    strcmp(node_text(check, "grade"), grade) != 0 ||
	    strstr(node_text(check, "detail"), words) == NULL)
		fail_msg("%s, %s: %s", node_text(check, "result"),
		    node_text(check, "grade"), node_text(check, "detail"));
	assert_string_equal(node_text(check, "name"), "dkim");
	strs_release(&who);
	free(stored_path);
	free(own_path);
}

static void
a_mail_is_signed_only_by_keys_the_reader_brings(void **state)
{
	struct world w;

	(void)state;
	import(&w, SIGNED, KEY_E KEY_R);
	recheck(&w, KEY_E KEY_R, NULL, "client.example", "pass", "counterpart",
	    "nobody has confirmed those");
	recheck(&w, KEY_E KEY_R, KEY_E KEY_R, "client.example", "pass",
	    "signed", "with your keys signatures hold");
	recheck(&w, NULL, KEY_E KEY_R, "client.example", "pass", "signed",
	    "e._domainkey.client.example");
	forget(&w);
}

static void
a_stranger_does_not_vouch(void **state)
{
	struct world w;

	(void)state;
	import(&w, SIGNED, KEY_E KEY_R);
	recheck(&w, NULL, KEY_E KEY_R, NULL, "pass", "counterpart",
	    "of nobody known");
	recheck(&w, NULL, KEY_E KEY_R, "other.example", "pass", "counterpart",
	    "of nobody known");
	recheck(&w, NULL, KEY_E KEY_R, "example", "pass", "signed", "signed:");
	recheck(&w, NULL, KEY_E KEY_R, "ent.example", "pass", "counterpart",
	    "of nobody known");
	recheck(&w, NULL, KEY_E KEY_R, "Buyer@client.example", "pass", "signed",
	    "signed:");
	recheck(&w, NULL, KEY_E KEY_R, "other@client.example", "pass",
	    "counterpart", "of nobody known");
	forget(&w);
}

static void
a_signature_over_part_of_the_body_does_not_vouch(void **state)
{
	struct world w;

	(void)state;
	import(&w, SIGNED, KEY_E);
	recheck(&w, NULL, KEY_E, "client.example", "pass", "counterpart",
	    "do not cover all");
	forget(&w);
}

static void
a_key_that_is_not_at_hand_is_no_mismatch(void **state)
{
	struct world w;

	(void)state;
	import(&w, SIGNED, KEY_E KEY_R);
	recheck(&w, KEY_E KEY_R, KEY_E, "client.example", "skipped",
	    "counterpart", "without a key at hand: 1");
	recheck(&w, NULL, NULL, "client.example", "skipped", "counterpart",
	    "without a key at hand: 2");
	forget(&w);
}

static void
a_signature_that_holds_no_more_is_a_mismatch(void **state)
{
	struct world w;

	(void)state;
	import(&w, SIGNED, KEY_E KEY_R);
	recheck(&w, NULL, KEY_OTHER KEY_R, "client.example", "fail",
	    "counterpart", "do not hold now: 1");
	recheck(&w, KEY_OTHER KEY_R, NULL, "client.example", "fail",
	    "counterpart", "does not fit");
	forget(&w);
}

static void
one_that_failed_and_fails_again_is_none(void **state)
{
	struct buf b = BUF_INIT;
	struct world w;
	char *dir = scratch(), *path = path_join(dir, "changed.eml"), *at;

	(void)state;
	assert_ok(file_read(&b, SIGNED, 1 << 20));
	at = strstr(b.data, "Subject: ");
	assert_non_null(at);
	at[9] = 'X';
	assert_ok(file_create(path, b.data, b.len, 0600));
	import(&w, path, KEY_E KEY_R);
	recheck(&w, KEY_E KEY_R, NULL, "client.example", "pass", "counterpart",
	    "as at import: 2");
	recheck(&w, KEY_E KEY_R, KEY_E KEY_R, "client.example", "pass",
	    "counterpart", "as at import");
	forget(&w);
	file_remove_tree(dir);
	buf_release(&b);
	free(path);
	free(dir);
}

static void
keys_brought_later_can_raise_what_was_unverifiable(void **state)
{
	struct world w;

	(void)state;
	import(&w, SIGNED, "");
	recheck(&w, NULL, NULL, "client.example", "pass", "counterpart",
	    "as at import");
	recheck(&w, NULL, KEY_E KEY_R, "client.example", "pass", "signed",
	    "signed:");
	forget(&w);
}

static void
what_is_not_here_is_skipped(void **state)
{
	struct mailing_proof proof = { .temp_dir = "/nowhere" };
	struct world w;

	(void)state;
	import(&w, SIGNED, "");
	proof.helper = w.helper;
	assert_ok(mailing_recheck(
	    w.checks, "x", &w.fact, "/no/such.zip", NULL, &proof));
	proof.helper = "/no/such/deed-mail";
	assert_ok(mailing_recheck(
	    w.checks, "x", &w.fact, w.facts.sums.path, NULL, &proof));
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(
		    node_text(node_at(w.checks, i), "result"), "skipped");
	forget(&w);
}

static void
mails_are_judged_by_the_time_of_the_record(void **state)
{
	struct world w;

	(void)state;
	import(&w, SIGNED, KEY_E KEY_R);
	memcpy(w.entry.recorded, "2040-01-01T00:00:00Z", DATE_TEXT);
	recheck(&w, KEY_E KEY_R, NULL, NULL, "fail", "counterpart",
	    "it expired 2032-");
	forget(&w);
}

static void
the_file_of_keys_is_one_that_keys_takes(void **state)
{
	struct world w, again;
	struct buf b = BUF_INIT;

	(void)state;
	import(&w, SIGNED, KEY_E KEY_R);
	mailing_keys(&b, &w.job, NOW);
	import(&again, SIGNED, b.data);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(
		    node_text(node_at(node_get(again.fact.content, "dkim"), i),
			"result"),
		    "pass");
	buf_release(&b);
	forget(&w);
	forget(&again);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_mail_is_signed_only_by_keys_the_reader_brings),
		cmocka_unit_test(a_stranger_does_not_vouch),
		cmocka_unit_test(
		    a_signature_over_part_of_the_body_does_not_vouch),
		cmocka_unit_test(a_key_that_is_not_at_hand_is_no_mismatch),
		cmocka_unit_test(a_signature_that_holds_no_more_is_a_mismatch),
		cmocka_unit_test(one_that_failed_and_fails_again_is_none),
		cmocka_unit_test(
		    keys_brought_later_can_raise_what_was_unverifiable),
		cmocka_unit_test(what_is_not_here_is_skipped),
		cmocka_unit_test(mails_are_judged_by_the_time_of_the_record),
		cmocka_unit_test(the_file_of_keys_is_one_that_keys_takes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
