/* SPDX-License-Identifier: ISC */
#include "libexec/mail/mbox.h"

#include "libexec/mail/message.h"
#include "tests/unit/unit.h"

#define FROM "From a@b.c Mon Nov 23 10:15:00 2026\n"

/* Where each mail begins, as "at+len", and the ambiguous lines behind "?". */
static void
cut_gives(const char *text, const char *want)
{
	struct buf have = BUF_INIT;
	struct mbox box;
	struct mbox_mail mail;

	mbox_open(&box, text, strlen(text));
	while (mbox_next(&box, &mail))
		buf_addf(&have, "%zu+%zu ", mail.at, mail.len);
	buf_addf(&have, "?%zu", box.ambiguous);
	assert_bytes(&have, want);
	buf_release(&have);
}

static void
mails_begin_behind_an_empty_line(void **state)
{
	(void)state;
	cut_gives("", "?0");
	cut_gives(FROM "A: b\n\nx\n", "0+44 ?0");
	cut_gives(FROM "A: b\n\nx\n\n" FROM "A: b\n\ny\n", "0+44 45+44 ?0");
	cut_gives("\n\n" FROM "A: b\n\nx\n\n\n", "2+46 ?0");
}

static void
crlf_and_foreign_dates_are_understood(void **state)
{
	static const char crlf[] =
	    "From a@b.c Mon Nov 23 10:15:00 2026\r\nA: b\r\n\r\nx\r\n\r\n"
	    "From - Mon Nov 23 10:15:00 2026\r\nA: b\r\n\r\ny\r\n";
	static const char takeout[] =
	    "From 1790@xxx Mon Nov 23 10:15:00 +0000 2026\nA: b\n\nx\n\n"
	    "From  Mon Nov 23 10:15 2026\nA: b\n\ny\n";

	(void)state;
	cut_gives(crlf, "0+48 50+44 ?0");
	cut_gives(takeout, "0+53 54+36 ?0");
}

static void
a_sentence_is_no_beginning(void **state)
{
	(void)state;
	cut_gives(FROM "A: b\n\nx\n\nFrom here it works.\n", "0+65 ?1");
	cut_gives(FROM "A: b\n\nx\n" FROM "A: b\n", "0+85 ?1");
	cut_gives(FROM "A: b\n\nx\nFrom - \nA: b\n", "0+57 ?1");
	cut_gives(FROM "A: b\n\nx\nFrom - it\nA: b\n", "0+59 ?0");
	cut_gives(FROM "Content-Length: 1000\n\nx\n\n" FROM "A: b\n\ny\n",
	    "0+60 61+44 ?0");
	cut_gives(FROM "A: b\n\n" FROM "but no field follows\n", "0+99 ?1");
}

/* Thunderbird writes no name and no date, and puts ">" before all others. */
static void
bare_beginnings_count_where_the_first_is_one(void **state)
{
	(void)state;
	cut_gives("From \r\nA: b\r\n\r\nx\r\n\r\n"
		  "From \r\nA: b\r\n\r\nFrom \r\nno field\r\n",
	    "0+18 20+32 ?1");
	cut_gives("From - \nA: b\n\nx\n\nFrom -\nA: b\n\ny\n", "0+16 17+15 ?0");
	cut_gives(FROM "A: b\n\nx\n\nFrom \nA: b\n", "0+56 ?1");
	cut_gives("\xef\xbb\xbf"
		  "From -\nA: b\n\nx\n\nFrom -\nA: b\n\ny\n",
	    "0+18 19+15 ?0");
}

/* Google's may have no date either. */
static void
names_without_a_date_count_where_the_first_is_one(void **state)
{
	(void)state;
	cut_gives("From 1790@xxx\nA: b\n\nx\n\nFrom 1791@xxx\nA: b\n\ny\n"
		  "\nFrom Russia\nA: b\n\nFrom -\nA: b\n\nFrom a@b\nno\n",
	    "0+22 23+66 ?3");
	cut_gives("From 1790@xxx\r\nA: b\r\n\r\nx\r\n\r\n"
		  "From 1791@xxx\r\nA: b\r\n\r\ny\r\n",
	    "0+26 28+26 ?0");
	cut_gives(FROM "A: b\n\nx\n\nFrom a@b\nA: b\n", "0+59 ?1");
	cut_gives("From -\nA: b\n\nx\n\nFrom a@b\nA: b\n", "0+30 ?1");
}

static void
a_mail_inside_a_part_stays_there(void **state)
{
	static const char inside[] = FROM
	    "Content-Type: multipart/mixed; boundary=\"xx\"\n\n--xx\n\n" FROM
	    "A: b\n\ny\n\n--xx--\n\n" FROM "A: b\n\nz\n";
	static const char unclosed[] =
	    FROM "Content-Type: multipart/mixed; boundary=xx\n\n--xx\n\n" FROM
		 "A: b\n\nz\n";
	static const char upper[] =
	    FROM "CONTENT-TYPE: MULTIPART/MIXED;\n BOUNDARY = xx; a=b\n\n" FROM
		 "A: b\n\ny\n--xx--\n";
	static const char marked[] =
	    FROM "A: b\n\nsee\n\n----- Begin Included Message -----\n\n" FROM
		 "A: b\n\ny\n\n----- End Included Message -----\n";

	(void)state;
	cut_gives(upper, "0+139 ?1");
	cut_gives(marked, "0+161 ?1");
	cut_gives(inside, "0+140 141+44 ?1");
	cut_gives(unclosed, "0+85 86+44 ?0");
}

/* Each mail claims parts that end in the last: that must not cost n * n. */
/* mboxcl2 quotes nothing. */
static void
a_length_is_believed_where_it_is_right(void **state)
{
	(void)state;
	cut_gives(FROM "Content-Length: 45\n\nx\n\n" FROM "A: b\n\n\n" FROM
		       "A: b\n\ny\n",
	    "0+101 102+44 ?1");
	/* a blank line more or less */
	cut_gives(FROM "Content-Length: 44\n\nx\n\n" FROM "A: b\n\n\n" FROM
		       "A: b\n\ny\n",
	    "0+101 102+44 ?1");
	cut_gives(FROM "Content-Length: 43\n\nx\n\n" FROM "A: b\n\n\n" FROM
		       "A: b\n\ny\n",
	    "0+58 59+42 102+44 ?0");
	cut_gives(
	    FROM "Content-Length: 44\n\nx\n\n" FROM "A: b\n\n", "0+101 ?1");
	cut_gives(FROM "Content-Length: 20\n\nx\n\n" FROM "A: b\n\n",
	    "0+58 59+42 ?0");
	cut_gives(FROM "Content-Length: 99999999999999999999\n\nx\n\n" FROM
		       "A: b\n\n",
	    "0+76 77+42 ?0");
}

static void
searching_for_ends_is_bounded(void **state)
{
	struct buf text = BUF_INIT;
	struct mbox box;
	struct mbox_mail mail;
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_addf(
		    &text, FROM "Content-Type: a/b; boundary=x%d\n\nx\n\n", i);
	mbox_open(&box, text.data, text.len);
	while (mbox_next(&box, &mail))
		n++;
	assert_int_equal(n, 20000);
	assert_true(box.budget < 4 * text.len);
	buf_release(&text);
}

static void
quoting_is_undone_by_one_level(void **state)
{
	static const char text[] = ">From a\n>>From b\n> From c\nFrom d\n>From";
	struct buf b = BUF_INIT;

	(void)state;
	mbox_unquote(&b, text, strlen(text));
	assert_bytes(&b, "From a\n>From b\n> From c\nFrom d\n>From");
	buf_release(&b);
}

static void
a_message_is_cut_into_fields_and_body(void **state)
{
	static const char text[] = "\xef\xbb\xbf\nFrom x\n>From y\nA: b\n c\n"
				   "B :d\r\n\r\nbody\n";
	struct message m;

	(void)state;
	message_parse(&m, text, strlen(text));
	assert_int_equal(m.fields.n, 2);
	assert_true(field_is(&m.fields.v[1], "b"));
	assert_int_equal(m.fields.v[0].len, 8);
	assert_string_equal(m.body, "body\n");
	assert_int_equal(m.bad_line, 0);
	message_release(&m);
	message_parse(&m, "A: b\nno field\nC: d\n\nx", 22);
	assert_int_equal(m.bad_line, 2);
	assert_int_equal(m.fields.n, 1);
	message_release(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mails_begin_behind_an_empty_line),
		cmocka_unit_test(crlf_and_foreign_dates_are_understood),
		cmocka_unit_test(a_sentence_is_no_beginning),
		cmocka_unit_test(bare_beginnings_count_where_the_first_is_one),
		cmocka_unit_test(
		    names_without_a_date_count_where_the_first_is_one),
		cmocka_unit_test(a_mail_inside_a_part_stays_there),
		cmocka_unit_test(a_length_is_believed_where_it_is_right),
		cmocka_unit_test(searching_for_ends_is_bounded),
		cmocka_unit_test(quoting_is_undone_by_one_level),
		cmocka_unit_test(a_message_is_cut_into_fields_and_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
