/* SPDX-License-Identifier: ISC */
#include "libexec/mail/dkim.h"

#include "libexec/mail/canon.h"
#include "libexec/mail/taglist.h"
#include "tests/unit/unit.h"

static void
a_tag_list_is_read_as_rfc_6376_has_it(void **state)
{
	static const char text[] = " v=1; a = rsa-sha256 ;\r\n\tb=x y\r\n z ; ";
	struct taglist list;
	struct buf b = BUF_INIT;

	(void)state;
	assert_null(taglist_parse(&list, text, strlen(text)));
	assert_int_equal(list.tags.n, 3);
	assert_true(tag_is(taglist_find(&list, "a"), "RSA-SHA256"));
	tag_squeeze(&b, taglist_find(&list, "b"));
	assert_bytes(&b, "xyz");
	assert_null(taglist_find(&list, "A"));
	buf_release(&b);
	taglist_release(&list);
}

static void
a_tag_list_that_could_be_read_in_two_ways_is_refused(void **state)
{
	static const char *const bad[] = { "", " ", ";", "v=1;;a=b", "v", "=1",
		"v=1; v=1", "v=1; 1a=b", "v=1; a b=c", "v=\x01", "v=1; a-b=c" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct taglist list;

		if (taglist_parse(&list, bad[i], strlen(bad[i])) == NULL)
			fail_msg("\"%s\" was taken", bad[i]);
		taglist_release(&list);
	}
}

static void
base64_is_read_whole_or_not_at_all(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = { { "aGk=", "hi" }, { "aG k\r\n =", "hi" },
		{ "aGkh", "hi!" }, { "aGk", NULL }, { "", NULL },
		{ "aG=k", NULL }, { "a===", NULL }, { "aGk*", NULL } };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tag tag = { .value = cases[i].text,
			.len = strlen(cases[i].text) };
		struct buf b = BUF_INIT;
		bool fine = tag_base64(&b, &tag);

		assert_int_equal(fine, cases[i].want != NULL);
		if (fine)
			assert_bytes(&b, cases[i].want);
		buf_release(&b);
	}
}

static void
field_is_written(enum canon how, const char *mail, const char *want)
{
	struct message m;
	struct buf b = BUF_INIT;

	message_parse(&m, mail, strlen(mail));
	for (size_t i = 0; i < m.fields.n; i++)
		canon_field(&b, how, &m.fields.v[i]);
	assert_bytes(&b, want);
	buf_release(&b);
	message_release(&m);
}

/* The example of RFC 6376, 3.4.5, and lines as mail programs save them. */
static void
header_fields_have_two_forms(void **state)
{
	static const char crlf[] = "A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n";
	static const char lf[] = "A: X\nB : Y\t\n\tZ  \n\n";

	(void)state;
	field_is_written(CANON_RELAXED, crlf, "a:X\r\nb:Y Z\r\n");
	field_is_written(CANON_SIMPLE, crlf, "A: X\r\nB : Y\t\r\n\tZ  \r\n");
	field_is_written(CANON_RELAXED, lf, "a:X\r\nb:Y Z\r\n");
	field_is_written(CANON_SIMPLE, lf, "A: X\r\nB : Y\t\r\n\tZ  \r\n");
	field_is_written(CANON_RELAXED, "A:\n\tx \n \t \n\n", "a:x\r\n");
	field_is_written(CANON_RELAXED, "A:\n\n", "a:\r\n");
}

static void
body_is(enum canon how, const char *body, int64_t max, const char *same)
{
	char have[SHA256_HEX], want[SHA256_HEX];
	int64_t total;

	canon_body(have, &total, how, body, strlen(body), max);
	digest_of(same, strlen(same), want);
	assert_string_equal(have, want);
	if (max < 0)
		assert_int_equal(total, strlen(same));
}

static void
bodies_have_two_forms(void **state)
{
	static const char crlf[] = " C \r\nD \t E\r\n\r\n\r\n";

	(void)state;
	body_is(CANON_RELAXED, crlf, -1, " C\r\nD E\r\n");
	body_is(CANON_SIMPLE, crlf, -1, " C \r\nD \t E\r\n");
	body_is(CANON_SIMPLE, " C \nD \t E\n\n\n", -1, " C \r\nD \t E\r\n");
	body_is(CANON_SIMPLE, "", -1, "\r\n");
	body_is(CANON_SIMPLE, "\r\n\r\n", -1, "\r\n");
	body_is(CANON_RELAXED, "", -1, "");
	body_is(CANON_RELAXED, " \t\r\n\r\n", -1, "");
	body_is(CANON_SIMPLE, "no end", -1, "no end\r\n");
	body_is(CANON_RELAXED, "a\r\n\r\nb", -1, "a\r\n\r\nb\r\n");
	body_is(CANON_RELAXED, "a  b\r\nc", 4, "a b\r");
	body_is(CANON_SIMPLE, "abc", 0, "");
}

static void
key_files_hold_records_as_people_have_them(void **state)
{
	static const char text[] =
	    "\xef\xbb\xbf# kept since 2024\n"
	    "\n"
	    "s1._domainkey.Example.com v=DKIM1; p=AAAA\r\n"
	    "s2._domainkey.example.com.\t3600 IN TXT \"v=DKIM1; \" \"p=BB\" ; x\n"
	    "  s3._domainkey.example.com TXT \"p=a\\\"b\\059c\"\n"
	    "s1._domainkey.example.com v=DKIM1; p=CCCC\n"
	    "s5._domainkey.example.com descriptive text \"v=DKIM1\\; p=E\"\n"
	    "s6._domainkey.example.com. 1h in txt v=DKIM1\\; p=F \n"
	    "legit.com(.evil.com v=DKIM1; p=G\n"
	    "b1._domainkey.example.com is an alias for b2.mailer.example.\n"
	    "b2.mailer.example descriptive text \"p=J\"\n"
	    "s9._domainkey.example.com\ttext = \"p=K\"\n"
	    "$TTL 300\n"
	    "$ORIGIN example.org.\n"
	    "s7._domainkey\tIN\tTXT\t( \"v=DKIM1; h=sha256; k=rsa; \"\n"
	    "\t  \"p=MIIB; \" ; not ) yet\r\n"
	    "\n"
	    "\t  \"x)\" )  ; ----- DKIM key\n"
	    "s8._domainkey.example.com. TXT p=H\n"
	    /* aliases, as dig and host tell them, and what is no key */
	    "a1._domainkey.example.com. 300 IN CNAME a2.mailer.example.\n"
	    "a2.mailer.example. 300 IN CNAME a3.mailer.example.\n"
	    "a3.mailer.example. 300 IN TXT \"p=I\"\n"
	    "c1._domainkey.example.com. CNAME c2._domainkey\n"
	    "c2._domainkey CNAME c1._domainkey.example.com.\n"
	    "s4._domainkey.example.com has no TXT record\n"
	    "s4._domainkey.example.com. 300 IN NS ns.example.com.\n";
	static const char *const want[][2] = {
		{ "s5._domainkey.example.com", "v=DKIM1; p=E" },
		{ "s6._domainkey.example.com", "v=DKIM1; p=F" },
		{ "legit.com(.evil.com", "v=DKIM1; p=G" },
		{ "s7._domainkey.example.org",
		    "v=DKIM1; h=sha256; k=rsa; p=MIIB; x)" },
		{ "s8._domainkey.example.com", "p=H" },
		{ "a1._domainkey.example.com", "p=I" },
		{ "b1._domainkey.example.com", "p=J" },
		{ "s9._domainkey.example.com", "p=K" },
		{ "s1._domainkey.example.com", "v=DKIM1; p=AAAA" },
		{ "S2._domainkey.EXAMPLE.com", "v=DKIM1; p=BB" },
		{ "s3._domainkey.example.com", "p=a\"b;c" },
	};
	struct keyring ring;
	const char *why;
	size_t n;

	(void)state;
	keyring_init(&ring);
	assert_ok(keyring_parse(&ring, text, strlen(text), "keys"));
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_string_equal(
		    keyring_find(&ring, want[i][0], &n, &why)[0]->text,
		    want[i][1]);
	assert_non_null(
	    keyring_find(&ring, "s1._domainkey.example.com", &n, &why));
	assert_int_equal(n, 2);
	assert_null(keyring_find(&ring, "c1._domainkey.example.com", &n, &why));
	assert_null(keyring_find(&ring, "s4._domainkey.example.com", &n, &why));
	assert_string_equal(why, "no key at hand");
	keyring_release(&ring);
}

static void
a_key_file_that_cannot_be_read_says_where(void **state)
{
	static const char open[] = "a._domainkey.b.c v=DKIM1\n"
				   "a._domainkey.b.c TXT \"v=DKIM1; p=\n";
	static const char bare[] = "v=DKIM1; k=rsa; p=AAAA\n";
	static const char ended[] = "\na._domainkey.b.c TXT ( \"p=\"\n\n";
	static const char empty[] = "a._domainkey.b.c TXT\n";
	static const char pem[] = "-----BEGIN PUBLIC KEY-----\nMIIB\n";
	static const char relative[] = "a._domainkey IN TXT \"p=AAAA\"\n";
	struct keyring ring;

	(void)state;
	keyring_init(&ring);
	assert_err(keyring_parse(&ring, open, strlen(open), "keys"), ERR_SYNTAX,
	    "keys:2: the quotes do not match");
	assert_err(keyring_parse(&ring, bare, strlen(bare), "keys"), ERR_SYNTAX,
	    "keys:1: a key record without a name");
	assert_err(keyring_parse(&ring, ended, strlen(ended), "keys"),
	    ERR_SYNTAX, "keys:2: a parenthesis is not closed");
	assert_err(keyring_parse(&ring, relative, strlen(relative), "keys"),
	    ERR_SYNTAX, "keys:1: the name of a key lacks its domain");
	assert_err(keyring_parse(&ring, empty, strlen(empty), "keys"),
	    ERR_SYNTAX, "keys:1: the record of the key is missing");
	assert_err(keyring_parse(&ring, pem, strlen(pem), "keys"), ERR_SYNTAX,
	    "keys: no line of it is the record of a key");
	assert_ok(keyring_parse(&ring, "# none\n", 7, "keys"));
	keyring_release(&ring);
}

#define ED "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static void
a_key_record_is_held_to_its_rules(void **state)
{
	static const char *const cases[][2] = {
		{ "v=DKIM1; k=ed25519; p=" ED, NULL },
		{ "k=ed25519; p=" ED, NULL },
		{ "v=DKIM1; k=ed25519; s=*; h=sha1:sha256; p=" ED ";", NULL },
		{ "v=DKIM1; k=ed25519; p=", "revoked" },
		{ "v=DKIM1; k=ed25519", "no p=" },
		{ "v=DKIM2; k=ed25519; p=" ED, "not of version DKIM1" },
		{ "k=ed25519; v=DKIM1; p=" ED, "not of version DKIM1" },
		{ "v=DKIM1; k=dsa; p=" ED, "unknown type" },
		{ "v=DKIM1; k=ed25519; s=tlsrpt; p=" ED, "not for mail" },
		{ "v=DKIM1; k=ed25519; p=AAAA", "no Ed25519 key" },
		{ "v=DKIM1; k=rsa; p=AAAA", "no RSA key" },
		{ "v=DKIM1; k=rsa; p=****", "not base64" },
		{ "v=DKIM1; t; p=" ED, "malformed" },
		{ "", "malformed" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct key_record record = { .text = (char *)cases[i][0] };

		key_read(&record);
		if ((record.problem == NULL) != (cases[i][1] == NULL) ||
		    (cases[i][1] != NULL &&
			strstr(record.problem, cases[i][1]) == NULL))
			fail_msg("\"%s\": %s", cases[i][0],
			    record.problem == NULL ? "fine" : record.problem);
		EVP_PKEY_free(record.key);
	}
}

#define HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
#define REST "; h=from; bh=" HASH "; b=AAAA"

static void
a_malformed_signature_says_what_is_wrong(void **state)
{
	static const char *const cases[][3] = {
		{ "v=1; a=rsa-sha256; d=b.c; s=s; c=relaxed/relaxed" REST,
		    "unverifiable", "no key at hand" },
		{ "a=rsa-sha256; d=b.c; s=s" REST, "fail", "v= is missing" },
		{ "v=0.5; a=rsa-sha256; d=b.c; s=s" REST, "fail", "v= is not" },
		{ "v=1; d=b.c; s=s" REST, "fail", "a= is missing" },
		{ "v=1; a=rsa-sha1; d=b.c; s=s" REST, "fail", "RFC 8301" },
		{ "v=1; a=rsa-sha512; d=b.c; s=s" REST, "unverifiable",
		    "algorithm not known" },
		{ "v=1; a=rsa-sha256; s=s" REST, "fail", "d= is missing" },
		{ "v=1; a=rsa-sha256; d=b.c" REST, "fail", "s= is missing" },
		{ "v=1; a=rsa-sha256; d=x.com(.evil.com; s=s" REST, "fail",
		    "d= is not a domain" },
		{ "v=1; a=rsa-sha256; d=b; s=s" REST, "fail", "d= is not" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s..t" REST, "fail",
		    "s= is not" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; h=to; bh=" HASH "; b=AAAA",
		    "fail", "h= leaves out From" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; h=from:; bh=" HASH "; b=AAAA",
		    "fail", "a name that is none" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; h=from; bh=AAAA; b=AAAA",
		    "fail", "not the hash of a body" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; h=from; bh=" HASH, "fail",
		    "b= is missing" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; i=x@d.c" REST, "fail",
		    "i= is not in the domain" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; i=x@ab.c" REST, "fail",
		    "i= is not in the domain" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; q=http" REST, "unverifiable",
		    "q= names" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; c=nowsp" REST, "fail",
		    "c= names a form" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; l=-1" REST, "fail",
		    "l= is not a number" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; t=9; x=9" REST, "fail",
		    "x= is not after t=" },
		{ "v=1; a=rsa-sha256; d=b.c; s=s; l=99" REST, "fail",
		    "shorter than l=" },
		{ "nothing", "fail", "a tag without a value" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *mail = mem_printf(
		    "DKIM-Signature: %s\nFrom: a@b.c\n\n", cases[i][0]);
		struct strs from = VEC_INIT;
		struct keyring ring;
		struct message m;
		struct node *list;

		keyring_init(&ring);
		message_parse(&m, mail, strlen(mail));
		strs_add(&from, "a@b.c");
		list = dkim_check(&m, &from, &ring, 0);
		if (strcmp(node_text(node_at(list, 0), "result"),
			cases[i][1]) != 0 ||
		    strstr(node_text(node_at(list, 0), "detail"),
			cases[i][2]) == NULL)
			fail_msg("%s: %s, %s", cases[i][0],
			    node_text(node_at(list, 0), "result"),
			    node_text(node_at(list, 0), "detail"));
		node_free(list);
		message_release(&m);
		strs_release(&from);
		keyring_release(&ring);
		free(mail);
	}
}

static void
no_more_signatures_are_checked_than_the_limit(void **state)
{
	struct buf mail = BUF_INIT;
	struct strs from = VEC_INIT;
	struct keyring ring;
	struct message m;
	struct node *list;

	(void)state;
	for (int i = 0; i < DKIM_SIGNATURES_MAX + 5; i++)
		buf_adds(&mail, "DKIM-Signature: v=2\n");
	buf_adds(&mail, "From: a@b.c\n\n");
	keyring_init(&ring);
	message_parse(&m, mail.data, mail.len);
	list = dkim_check(&m, &from, &ring, 0);
	assert_int_equal(list->n, DKIM_SIGNATURES_MAX + 1);
	assert_string_equal(
	    node_text(node_at(list, DKIM_SIGNATURES_MAX), "result"),
	    "unverifiable");
	node_free(list);
	message_release(&m);
	keyring_release(&ring);
	buf_release(&mail);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_list_is_read_as_rfc_6376_has_it),
		cmocka_unit_test(
		    a_tag_list_that_could_be_read_in_two_ways_is_refused),
		cmocka_unit_test(base64_is_read_whole_or_not_at_all),
		cmocka_unit_test(header_fields_have_two_forms),
		cmocka_unit_test(bodies_have_two_forms),
		cmocka_unit_test(key_files_hold_records_as_people_have_them),
		cmocka_unit_test(a_key_file_that_cannot_be_read_says_where),
		cmocka_unit_test(a_key_record_is_held_to_its_rules),
		cmocka_unit_test(a_malformed_signature_says_what_is_wrong),
		cmocka_unit_test(no_more_signatures_are_checked_than_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
