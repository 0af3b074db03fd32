/* SPDX-License-Identifier: ISC */
#include "libexec/mail/mime.h"

#include "core/ext/digest.h"
#include "core/util/untag.h"
#include "tests/unit/unit.h"

static struct node *
reading(const char *mail, size_t len, struct strs *from)
{
	struct node *n = node_map();
	struct message m;

	message_parse(&m, mail, len);
	mime_read(n, from, &m);
	message_release(&m);
	return n;
}

static void
says(const char *mail, const char *key, const char *want)
{
	struct strs from = VEC_INIT;
	struct node *n = reading(mail, strlen(mail), &from);
	const char *have = node_text(n, key);

	if ((have == NULL) != (want == NULL) ||
	    (want != NULL && strcmp(have, want) != 0))
		fail_msg("%s is \"%s\", not \"%s\"", key,
		    have == NULL ? "(none)" : have,
		    want == NULL ? "(none)" : want);
	node_free(n);
	strs_release(&from);
}

static void
header_words_are_decoded(void **state)
{
	(void)state;
	says("Subject: =?utf-8?q?J=C3=B6rn?= =?UTF-8?B?4oKs?= x\n\n", "subject",
	    "J\xc3\xb6rn\xe2\x82\xac x");
	/* one character in two words */
	says("Subject: =?utf-8?q?a=E2=82?= =?utf-8?q?=AC?=\n\n", "subject",
	    "a\xe2\x82\xac");
	says("Subject: \xe9t\xe9\n\n", "subject", "\xc3\xa9t\xc3\xa9");
	says("Subject: =?no-such?q?=E9?= =?utf-8*en?q?_b?=\n\n", "subject",
	    "\xc3\xa9 b");
	says("Subject: =?utf-8?x?no?= =?utf-8?q?broken =?utf-8?q?_ok?=\n\n",
	    "subject", "=?utf-8?x?no?= =?utf-8?q?broken  ok");
	says("Subject: one\n\ttwo\nSubject: three\n\n", "subject", "one two");
	says("From: =?koi8-r?b?8NLJ18XU?= <a@b.c>, d@e.f\n\n", "from",
	    "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 <a@b.c>, d@e.f");
	says("From: a\n\n", "to", NULL);
	says("Message-Id: <1@2>\n\n", "message_id", "<1@2>");
}

/* Each word is padded by itself: none ends what stands behind it. */
static void
no_word_of_several_is_lost(void **state)
{
	(void)state;
	says("Subject: =?utf-8?B?SGVsbG8=?=\r\n =?UTF-8?B?V29ybGQ=?=\r\n"
	     " =?utf-8?b?IQ==?= end\n\n",
	    "subject", "HelloWorld! end");
	/* base64 cut anywhere */
	says("Subject: =?utf-8?b?4oK?= =?utf-8?b?sLg==?=\n\n", "subject",
	    "\xe2\x82\xac.");
	says("From: =?utf-8?B?QW5uYQ==?= =?utf-8?B?IEJlcmc=?= <a@b.c>\n\n",
	    "from", "Anna Berg <a@b.c>");
	/* what a word says does not change who wrote */
	says("From: =?utf-8?q?Boss_=3Cboss=40b.c=3E,?= <eve@b.c>\n\n", "from",
	    "\"Boss <boss@b.c>,\" <eve@b.c>");
	says("From: =?utf-8?q?no_address?=\n\n", "from", "no address");
}

static void
dates_keep_the_offset_they_were_given(void **state)
{
	(void)state;
	says("Date: Mon, 23 Nov 2026 10:15:00 +0530\n\n", "date",
	    "2026-11-23T10:15:00+05:30");
	says("Date: 23 Nov 26 10:15 EST\n\n", "date",
	    "2026-11-23T10:15:00-05:00");
	says("Date: Mon, 23 Nov 2026 10:15:00\n\n", "date",
	    "2026-11-23T10:15:00");
	says("Date: Mon, 23 Nov 2026 10:15:00 H0500\n\n", "date",
	    "2026-11-23T10:15:00");
	says("Date: Mon, 23 Nov 2026 10:15:00 -0000\n\n", "date",
	    "2026-11-23T10:15:00+00:00");
	/* of another offset than its name: which holds is anybody's guess */
	says("Date: Mon, 23 Nov 2026 10:15:00 GMT+0100\n\n", "date",
	    "2026-11-23T10:15:00");
	says("Date: Mon, 23 Nov 2026 10:15:00 +9999\n\n", "date",
	    "2026-11-23T10:15:00");
	says("Date: Mon, 23 Nov 2026 10:15:00 +01:00\n\n", "date",
	    "2026-11-23T10:15:00+01:00");
	says("Date: Mon, 23 Nov 2026 10:15:00.250 -0330\n\n", "date",
	    "2026-11-23T10:15:00-03:30");
	says("Date: Mon, 23 Nov 2026 10 : 15 : 07 +0100\n\n", "date",
	    "2026-11-23T10:15:07+01:00");
	says("Date: Mon (x:y), 23 Nov 2026 9:05 GMT (a:b)\n\n", "date",
	    "2026-11-23T09:05:00+00:00");
	says("Date: Mon Nov 23 10:15:00 2026 +0100\n\n", "date",
	    "2026-11-23T10:15:00+01:00");
	says("Date: Mon, 23 Nov 2026 10:15:00 +01\n\n", "date",
	    "2026-11-23T10:15:00");
	says("Date: soon\n\n", "date", NULL);
	/* a day, or half of it, is no time of day */
	says("Date: Mon, 23 Nov 2026\n\n", "date", NULL);
	says("Date: Mon, 23 Nov 2026 10.15.00 +0100\n\n", "date", NULL);
	says("Date: 11/23/2026 3:15:00 PM\n\n", "date", NULL);
	says("Date: soon\n\n", "date_text", "soon");
}

static void
the_plain_text_is_shown_unless_it_is_empty(void **state)
{
	(void)state;
	says("Content-Type: multipart/alternative; boundary=x\n\n--x\n"
	     "Content-Type: text/plain; charset=iso-8859-15\n\nplain \xa4\n"
	     "--x\nContent-Type: text/html\n\n<p>rich\n--x--\n",
	    "text", "plain \xe2\x82\xac");
	says("Content-Type: multipart/alternative; boundary=x\n\n--x\n"
	     "Content-Type: text/plain\n\n \n--x\n"
	     "Content-Type: text/html\n\n<p>rich\n--x--\n",
	    "text", "rich");
	/* an invitation is richer, and says nothing to people */
	says("Content-Type: multipart/alternative; boundary=x\n\n--x\n"
	     "Content-Type: text/html\n\n<p>at ten\n--x\n"
	     "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n--x--\n",
	    "text", "at ten");
	says("Content-Type: multipart/alternative; boundary=x\n\n--x\n"
	     "Content-Type: multipart/related; boundary=y\n\n--y\n"
	     "Content-Type: text/html\n\n<p>at ten\n--y--\n--x\n"
	     "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n--x--\n",
	    "text", "at ten");
	says("Content-Type: multipart/alternative; boundary=x\n\n--x\n"
	     "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\n--x--\n",
	    "text", "BEGIN:VCALENDAR");
	says("Content-Type: multipart/mixed; boundary=x\n\n--x\n\none\n--x\n"
	     "Content-Type: message/rfc822\n\nSubject: y\n\ntwo\n--x--\n",
	    "text", "one\n\ntwo");
	says("From: a@b.c\nContent-Type: message/rfc822\n\nFrom: d@e.f\n\nno\n",
	    "text", "From: d@e.f\n\nno");
	/* whose words they are */
	says("From: a@b.c\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n"
	     "see below\n--x\nContent-Type: message/rfc822\n\n"
	     "From: =?utf-8?q?J=C3=B6rn?= <d@e.f>\nSubject: the\n logo\n\n"
	     "I refuse\n--x--\n",
	    "text",
	    "see below\n\nFrom: J\xc3\xb6rn <d@e.f>\nSubject: the logo\n\n"
	    "I refuse");
	says("Content-Transfer-Encoding: quoted-printable\n\na=\nb=20=C3=A4\n",
	    "text", "ab \xc3\xa4");
}

static void
bytes_of_no_charset_are_named_not_repaired_silently(void **state)
{
	static const char mail[] =
	    "Content-Type: text/plain; charset=utf-8\n\na\xff";
	static const char nul[] = "From: a\n\nx\0y";
	struct strs from = VEC_INIT;
	struct node *n = reading(mail, strlen(mail), &from);

	(void)state;
	assert_string_equal(node_text(n, "text"), "a\xef\xbf\xbd");
	assert_string_equal(node_as_text(node_at(node_get(n, "warnings"), 0)),
	    "a text has bytes that are not of its charset");
	node_free(n);
	n = reading(nul, sizeof(nul) - 1, &from);
	assert_string_equal(node_text(n, "text"), "x\xef\xbf\xbdy");
	node_free(n);
	strs_release(&from);
	says("From: a\n\n\x93x\x94", "text", "\xe2\x80\x9cx\xe2\x80\x9d");
}

/* What programs write under these names holds more than their standards. */
static void
charsets_are_read_as_they_are_meant(void **state)
{
	(void)state;
	says("Content-Type: text/plain; charset=iso-8859-1\n\n\x93x\x94",
	    "text", "\xe2\x80\x9cx\xe2\x80\x9d");
	says("Subject: =?iso-8859-1?q?=80?=\n\n", "subject", "\xe2\x82\xac");
	says("Content-Type: text/plain; charset=shift_jis\n\n\x87\x40", "text",
	    "\xe2\x91\xa0");
	says("Content-Type: text/plain; charset=ks_c_5601-1987\n\n\x8c\x63",
	    "text", "\xeb\x98\xa0");
	says("Content-Type: text/plain; charset=\"\"\n\n\xc3\xa4", "text",
	    "\xc3\xa4");
}

/* The first warning of a mail is this. */
static void
warns(const char *mail, const char *want)
{
	struct strs from = VEC_INIT;
	struct node *n = reading(mail, strlen(mail), &from);
	const struct node *first = node_at(node_get(n, "warnings"), 0);
	const char *have = first == NULL ? "" : node_as_text(first);

	if (strstr(have, want) == NULL || (*want == '\0' && *have != '\0'))
		fail_msg("the warning is \"%s\", not \"%s\"", have, want);
	node_free(n);
	strs_release(&from);
}

static void
words_in_a_form_of_their_own_are_missed(void **state)
{
	(void)state;
	warns("Content-Type: application/pkcs7-mime; name=smime.p7m\n\nx",
	    "encrypted");
	warns("Content-Type: multipart/encrypted; boundary=x; "
	      "protocol=\"application/pgp-encrypted\"\n\n--x\n"
	      "Content-Type: application/pgp-encrypted\n\nVersion: 1\n--x\n"
	      "Content-Type: application/octet-stream\n\nx\n--x--\n",
	    "encrypted");
	warns("Content-Type: application/ms-tnef\n\nx", "winmail.dat");
	warns("Content-Type: application/octet-stream; name=WINMAIL.DAT\n\nx",
	    "winmail.dat");
	warns("Content-Type: application/pkcs7-signature; name=smime.p7s\n\nx",
	    "");
}

#define CYRILLIC "\xd0\xbf\xd1\x80" /* two letters, in Windows-1251: */
#define CYRILLIC_1251 "\xef\xf0"

/* Programs write them in quotes, with remarks, and blanks at a line's end. */
static void
transfer_encodings_are_read_as_they_are_meant(void **state)
{
#define QP(name, text) \
	"Content-Transfer-Encoding: " name \
	"\nContent-Type: text/plain; charset=utf-8\n\n" text
	(void)state;
	says(QP("quoted-printable",
		 "one =  \ntwo=\t\r\n three =3D 3=e2=82=Ac=\n\n"),
	    "text", "one two three = 3\xe2\x82\xac");
	says(QP("quoted-printable", "a=b =ZZ =3 == =41= x=4"), "text",
	    "a=b =ZZ =3 == A= x=4");
	says(QP("quoted-printable", "cut= \t"), "text", "cut");
	says(QP("quoted-printable", "cut="), "text", "cut");
	says(QP("\"quoted-printable\"", "a=\nb"), "text", "ab");
	says(QP("(as ever) Quoted-Printable;", "a=\nb"), "text", "ab");
	says(QP("'base64'", "w6Q="), "text", "\xc3\xa4");
	says(QP("", "a=\nb"), "text", "a=\nb");
	warns(QP("x-own", "a"), "transfer encoding that is not known");
	warns(QP("7bits", "a"), "");
}

/* "w6Q=" is one letter of UTF-8. */
static void
a_mail_inside_is_read_though_it_was_encoded(void **state)
{
#define INSIDE(type, encoding, text) \
	"Content-Type: multipart/mixed; boundary=x\n\n" \
	"--x\n\nsee:\n--x\nContent-Type: " type \
	"\nContent-Transfer-Encoding: " encoding "\n\n" text "\n--x--\n"
	(void)state;
	says(INSIDE("message/rfc822", "quoted-printable",
		 "From: a@b.c=\n\nSubject: s\n\none =3D=\n 1"),
	    "text", "see:\n\nFrom: a@b.c\nSubject: s\n\none = 1");
	says(
	    INSIDE("message/rfc822", "base64",
		"RnJvbTogYUBiLmMKQ29udGVudC1UeXBlOiBtdWx0aXBhcnQvbWl4ZWQ7IGJv\n"
		"dW5kYXJ5PXkKCi0teQoKb25lCi0teS0tCg=="),
	    "text", "see:\n\nFrom: a@b.c\n\none");
	/* "no mail" */
	says(
	    INSIDE("message/rfc822", "base64", "bm8gbWFpbA=="), "text", "see:");
	warns(INSIDE("message/partial; id=1; number=1", "7bit", "x"),
	    "one piece of several");
	warns(INSIDE("message/external-body; access-type=url", "7bit", "x"),
	    "lies elsewhere");
}

/* A name makes a file of a part, but for the text of the mail itself. */
static void
the_words_of_a_mail_may_have_a_name(void **state)
{
	static const char forms[] =
	    "Content-Type: multipart/alternative; boundary=x\n\n--x\n"
	    "Content-Type: text/plain; name=a.txt\n\nplain\n--x\n"
	    "Content-Type: text/html; name=a.htm\n\nhtml\n--x--\n";
	static const char related[] =
	    "Content-Type: multipart/related; boundary=x\n\n--x\n"
	    "Content-Type: text/html; name=a.htm\n\nhtml\n--x\n"
	    "Content-Type: text/plain; name=b.txt\n\nfile\n--x--\n";
	struct strs from = VEC_INIT;
	struct node *n = reading(forms, strlen(forms), &from);

	(void)state;
	assert_string_equal(node_text(n, "text"), "plain");
	assert_int_equal(node_count(node_get(n, "attachments")), 2);
	node_free(n);
	strs_release(&from);
	says(related, "text", "html");
	says("Content-Type: text/plain; name=a.txt\n\nx", "text", "x");
	says("Content-Disposition: inline; filename=a.htm\n"
	     "Content-Type: text/html\n\nx",
	    "text", "x");
	says(
	    "Content-Disposition: attachment; filename=a.txt\n\nx", "text", "");
	says("Content-Type: text/csv; name=a.csv\n\nx", "text", "");
}

static void
what_should_have_parts_is_shown_without_them(void **state)
{
	(void)state;
	says("Content-Type: multipart/mixed\n\nsee =3D\n\nbelow\n", "text",
	    "see =3D\n\nbelow");
	warns("Content-Type: multipart/mixed\n\nsee below\n",
	    "should have parts has none");
	says("Content-Type: multipart/mixed; boundary=x\n\nsee below\n", "text",
	    "see below");
}

/* A program that wrote one thing and said another. */
static void
utf8_is_known_under_another_name(void **state)
{
	(void)state;
	says("Content-Type: text/plain; charset=gb2312\n\n" CYRILLIC " \xe2\x82"
	     "\xac",
	    "text", CYRILLIC " \xe2\x82\xac");
	warns("Content-Type: text/plain; charset=gb2312\n\n" CYRILLIC
	      " \xe2\x82\xac",
	    "a text is UTF-8 and says it is not");
}

static void
html_may_say_its_charset_itself(void **state)
{
	(void)state;
	says("Content-Type: text/html\n\n<html><head>"
	     "<meta charset=\"windows-1251\"></head>" CYRILLIC_1251,
	    "text", CYRILLIC);
	says("Content-Type: text/html; charset=us-ascii\n\n<META\n"
	     "http-equiv=Content-Type content='text/html; charset = "
	     "windows-1251'>" CYRILLIC_1251,
	    "text", CYRILLIC);
	/* the mail's word is the later one */
	says("Content-Type: text/html; charset=windows-1251\n\n"
	     "<meta charset=koi8-r>" CYRILLIC_1251,
	    "text", CYRILLIC);
	says("Content-Type: text/html\n\n<meta charset=windows-1251>" CYRILLIC,
	    "text", CYRILLIC);
	says("Content-Type: text/html\n\n<!-- <meta charset=koi8-r> -->"
	     "<meta name=x><meta charset=windows-1251>" CYRILLIC_1251,
	    "text", CYRILLIC);
	says("Content-Type: text/html\n\n<meta charset=iso-2022-jp>"
	     "\x1b$BF|K\\\x1b(B",
	    "text", "\xe6\x97\xa5\xe6\x9c\xac");
	says("Content-Type: text/plain\n\n<meta charset=koi8-r>\xe9", "text",
	    "<meta charset=koi8-r>\xc3\xa9");
	says("Content-Type: text/plain; charset=utf-8\n\n\xef\xbb\xbfhi",
	    "text", "hi");
}

#define FLOWED "Content-Type: text/plain; format=flowed\n\n"

static void
flowed_lines_are_joined_as_they_were_typed(void **state)
{
	(void)state;
	says(FLOWED "one \ntwo\nthree\n\nfour \n", "text",
	    "one two\nthree\n\nfour");
	says(FLOWED "> one \n> two\n>> three \n> four \nfive", "text",
	    "> one two\n>> three \n> four \nfive");
	says(FLOWED " From me\n >no quote\n  two", "text",
	    "From me\n>no quote\n two");
	says(FLOWED "bye \n-- \nAnna", "text", "bye \n-- \nAnna");
	says(FLOWED ">\n> \n>x", "text", ">\n>\n> x");
	says("Content-Type: text/plain; Format=Flowed; DelSp=Yes\n\n"
	     "exam \nple  \nof it",
	    "text", "example of it");
	says("Content-Type: text/plain\n\none \ntwo", "text", "one \ntwo");
	says("Content-Type: text/plain; format=fixed\n\n one", "text", " one");
}

/* RFC 2045, 5.2: what says nothing of its type is text. */
static void
a_type_that_is_none_is_plain_text(void **state)
{
	(void)state;
	says("Content-Type: text\n\nhello", "text", "hello");
	says("Content-Type:\n\nhello", "text", "hello");
	says("Content-Type: application/pdf\n\nhello", "text", "");
}

static void
attachments_have_name_type_size_and_digest(void **state)
{
	static const char mail[] =
	    "Content-Type: multipart/mixed; boundary=x\n\n--x\n\nsee\n--x\n"
	    "Content-Type: IMAGE/png\nContent-Transfer-Encoding: base64\n"
	    "Content-Disposition: attachment;\n"
	    " filename*0*=utf-8''%c3%a9; filename*1=\".png\"\n\n"
	    "aGVsbG8=\n--x--\n";
	char want[SHA256_HEX];
	struct strs from = VEC_INIT;
	struct node *n = reading(mail, strlen(mail), &from);
	const struct node *a = node_at(node_get(n, "attachments"), 0);

	(void)state;
	assert_string_equal(node_text(a, "name"), "\xc3\xa9.png");
	assert_string_equal(node_text(a, "type"), "image/png");
	assert_int_equal(node_number(a, "size", 0), 5);
	digest_of("hello", 5, want);
	assert_string_equal(node_text(a, "sha256"), want);
	assert_string_equal(node_text(n, "text"), "see");
	node_free(n);
	strs_release(&from);
}

static void
names_of_attachments_may_be_words(void **state)
{
	static const char mail[] =
	    "Content-Type: application/pdf;\n"
	    " name=\"=?utf-8?B?YnJpZWY=?=\n =?utf-8?B?ICgyKS5wZGY=?=\"\n"
	    "Content-Disposition: attachment\n\nx";
	struct strs from = VEC_INIT;
	struct node *n = reading(mail, strlen(mail), &from);

	(void)state;
	assert_string_equal(
	    node_text(node_at(node_get(n, "attachments"), 0), "name"),
	    "brief (2).pdf");
	node_free(n);
	strs_release(&from);
}

static void
addresses_in_from_are_found_in_groups_too(void **state)
{
	static const char mail[] =
	    "From: \"A, B\" <a@b.c>, team: d@e.f, g@h.i;\n\n";
	struct strs from = VEC_INIT;
	struct node *n = reading(mail, strlen(mail), &from);

	(void)state;
	assert_int_equal(from.n, 3);
	assert_string_equal(from.v[0], "a@b.c");
	assert_string_equal(from.v[2], "g@h.i");
	node_free(n);
	strs_release(&from);
}

static void
depth_is_bounded(void **state)
{
	struct buf mail = BUF_INIT;
	struct strs from = VEC_INIT;
	struct node *n;
	bool told = false;

	(void)state;
	for (int i = 0; i < 5000; i++)
		buf_addf(&mail,
		    "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i,
		    i);
	n = reading(mail.data, mail.len, &from);
	told = node_has(
	    node_get(n, "warnings"), "parts nested too deep were not read");
	assert_true(told);
	node_free(n);
	strs_release(&from);
	buf_release(&mail);
}

static void
html_reads(const char *html, const char *want)
{
	struct buf b = BUF_INIT;

	html_to_text(&b, html, strlen(html));
	while (b.len > 0 && b.data[b.len - 1] == '\n')
		buf_cut(&b, b.len - 1);
	assert_bytes(&b, want);
	buf_release(&b);
}

static void
html_becomes_what_a_person_reads(void **state)
{
	(void)state;
	html_reads("<p>one\n  two<p>three", "one two\n\nthree");
	html_reads("a<br>b<div>c</div>d", "a\nb\nc\nd");
	html_reads("<ul><li>x</li><li>y</li></ul>", "- x\n- y");
	html_reads("<table><tr><td>1<td>2<tr><td>3</table>", "1\t2\n3");
	html_reads("&euro;&nbsp;5 &amp; &#x263a; &lt;b&gt;",
	    "\xe2\x82\xac 5 & \xe2\x98\xba <b>");
	html_reads("<style>p{}</style><script>x()</script><b>y</b>", "y");
	html_reads(
	    "<a href=\"https://x.y/z\">here</a>.", "here <https://x.y/z>.");
	html_reads("<a href=\"https://x.y\">https://x.y</a>", "https://x.y");
	html_reads("<img src=x alt=\"a cat\">", "[a cat]");
	html_reads("<pre>a\n  b</pre>", "a\n  b");
	html_reads("<meta charset=iso-8859-1><p>\xc3\xa4</p>", "\xc3\xa4");
	html_reads("just text", "just text");
	/* "I take the second" */
	html_reads("<ol><li>x<li>y<ol type=a start=2><li>p</ol><li value=7>z"
		   "<li>w</ol><ul><li>v</ul>",
	    "1. x\n2. y\n\nb. p\n\n7. z\n8. w\n\n- v");
	html_reads("<ul><li><p>x</p></li><li><div>y</div></ul>", "- x\n\n- y");
	html_reads("for <s>500</s> <strike>400</strike> 300",
	    "for ~~500~~ ~~400~~ 300");
	/* whose words they are */
	html_reads("yes<blockquote>is <b>it</b> done?<p>and this?</blockquote>",
	    "yes\n\n> is it done?\n\n> and this?");
	html_reads("<blockquote>a<blockquote><ul><li>b<br>c</ul></blockquote>d"
		   "</blockquote></blockquote>e",
	    "> a\n\n>> - b\n>> c\n\n> d\n\ne");
	html_reads("<blockquote><a href=\"https://x.y\">https://x.y</a>"
		   "<pre>f\n\ng</pre></blockquote>",
	    "> https://x.y\n\n> f\n\n> g");
	html_reads("", "");
}

static int
start(void **state)
{
	(void)state;
	mime_start();
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	mime_stop();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_words_are_decoded),
		cmocka_unit_test(no_word_of_several_is_lost),
		cmocka_unit_test(dates_keep_the_offset_they_were_given),
		cmocka_unit_test(the_plain_text_is_shown_unless_it_is_empty),
		cmocka_unit_test(
		    bytes_of_no_charset_are_named_not_repaired_silently),
		cmocka_unit_test(charsets_are_read_as_they_are_meant),
		cmocka_unit_test(words_in_a_form_of_their_own_are_missed),
		cmocka_unit_test(transfer_encodings_are_read_as_they_are_meant),
		cmocka_unit_test(a_mail_inside_is_read_though_it_was_encoded),
		cmocka_unit_test(the_words_of_a_mail_may_have_a_name),
		cmocka_unit_test(what_should_have_parts_is_shown_without_them),
		cmocka_unit_test(utf8_is_known_under_another_name),
		cmocka_unit_test(html_may_say_its_charset_itself),
		cmocka_unit_test(flowed_lines_are_joined_as_they_were_typed),
		cmocka_unit_test(a_type_that_is_none_is_plain_text),
		cmocka_unit_test(attachments_have_name_type_size_and_digest),
		cmocka_unit_test(names_of_attachments_may_be_words),
		cmocka_unit_test(addresses_in_from_are_found_in_groups_too),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(html_becomes_what_a_person_reads),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
