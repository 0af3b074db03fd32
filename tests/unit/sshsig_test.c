/* SPDX-License-Identifier: ISC */
#include "core/ext/sshsig.h"

#include "core/signers.h"
#include "core/util/date.h"
#include "tests/unit/tool.h"

/*
 * Held against ssh-keygen itself: it makes the keys and the signatures, and
 * says of each question below what we have to say.
 */

static char *dir;

static int
set_up(void **state)
{
	(void)state;
	dir = scratch();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	file_remove_tree(dir);
	free(dir);
	return 0;
}

/* A key "id" and a signature "text.sig" of the file "text". */
static void
make(const char *type, const char *namespace)
{
	char *script = mem_printf("rm -f id id.pub text.sig\n"
				  "printf 'what was agreed' >text\n"
				  "ssh-keygen -q -t %s -N '' -C '' -f id\n"
				  "ssh-keygen -q -Y sign -f id -n %s text",
	    type, namespace);

	shell(dir, script);
	free(script);
}

static void
get(struct buf *out, const char *name)
{
	char *path = mem_printf("%s/%s", dir, name);

	assert_ok(file_read(out, path, SSHSIG_MAX));
	free(path);
}

static struct sshsig *
open_signature(void)
{
	struct buf b = BUF_INIT;
	struct sshsig *s;

	get(&b, "text.sig");
	assert_ok(sshsig_read(&s, b.data, b.len));
	buf_release(&b);
	return s;
}

static const char *const types[] = { "ed25519", "rsa -b 2048", "rsa -b 3072",
	"ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521" };

#define N_TYPES (sizeof(types) / sizeof(types[0]))

static void
signatures_of_every_usual_key_are_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TYPES; i++) {
		struct sshsig *s;

		make(types[i], "deed");
		s = open_signature();
		assert_ok(sshsig_check(s, "deed", "what was agreed", 15));
		assert_err(sshsig_check(s, "deed", "what was Agreed", 15),
		    ERR_MISMATCH, NULL);
		assert_err(sshsig_check(s, "deed", "", 0), ERR_MISMATCH, NULL);
		assert_err(sshsig_check(s, "git", "what was agreed", 15),
		    ERR_MISMATCH, "purpose");
		sshsig_free(s);
	}
}

static void
a_hash_of_256_bits_is_as_good(void **state)
{
	struct sshsig *s;

	(void)state;
	make("ed25519", "deed");
	shell(dir,
	    "rm text.sig; ssh-keygen -q -Y sign -O hashalg=sha256 "
	    "-f id -n deed text");
	s = open_signature();
	assert_ok(sshsig_check(s, "deed", "what was agreed", 15));
	sshsig_free(s);
}

/* In the key, the namespace, the hash or the signature: never good again. */
static void
no_byte_of_a_signature_can_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_TYPES; i += 2) {
		struct buf b = BUF_INIT;
		uint64_t seed = 7;

		make(types[i], "deed");
		get(&b, "text.sig");
		for (int n = 0; n < 300; n++) {
			size_t at = any(&seed, (uint32_t)b.len - 60) + 30;
			char was = b.data[at];
			struct sshsig *s = NULL;
			struct err *e;

			if (was == '\n' || was == '=')
				continue;
			b.data[at] = was == 'A' ? 'B' : 'A';
			e = sshsig_read(&s, b.data, b.len);
			if (e == NULL)
				e = sshsig_check(
				    s, "deed", "what was agreed", 15);
			b.data[at] = was;
			/* bits that base64 pads with mean nothing */
			if (e == NULL &&
			    b.data[at + 1 + (b.data[at + 1] == '\n')] == '=')
				e = err_new(ERR_MISMATCH, "padding");
			assert_non_null(e);
			err_drop(e);
			sshsig_free(s);
		}
		buf_release(&b);
	}
}

static void
what_is_no_signature_is_refused(void **state)
{
	static const char *const texts[] = { "", "x",
		"-----BEGIN SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\nU1NI\n"
		"-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAAAf////8=\n"
		"-----END SSH SIGNATURE-----\n",
		"-----BEGIN SSH SIGNATURE-----\n!!!!\n"
		"-----END SSH SIGNATURE-----\n",
		"-----BEGIN PGP SIGNATURE-----\n-----END PGP SIGNATURE-----" };
	struct sshsig *s;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_err(sshsig_read(&s, texts[i], strlen(texts[i])),
		    ERR_SYNTAX, NULL);
}

/* The line with the key where it says KEY; yours. */
static char *
fill_in(const char *line, const char *key)
{
	const char *at = strstr(line, "KEY");

	if (at == NULL)
		return mem_dup(line);
	return mem_printf("%.*s%s%s", (int)(at - line), line, key, at + 3);
}

/* What we say of a line of allowed signers, and what ssh-keygen says. */
static void
compare(const char *line, const char *principal, const char *time, bool good)
{
	struct sshsig *s = open_signature();
	struct buf key = BUF_INIT, out = BUF_INIT;
	struct signers signers = SIGNERS_INIT;
	struct when when;
	char *text, *script, *who, *path;
	struct err *e;

	sshsig_key(&key, s);
	assert_ok(date_parse(&when, time));
	text = fill_in(line, key.data);
	const struct signers_ask ask = { key.data, "deed", principal,
		when.time };

	path = mem_printf("%s/signers", dir);
	assert_ok(file_replace(path, text, strlen(text), 0600));
	assert_ok(signers_read(&signers, path, false));
	e = signers_whose(&who, &signers, &ask);
	signers_release(&signers);
	free(path);
	if (good != (e == NULL))
		print_message("%s\n%s\n", text, e == NULL ? who : err_text(e));
	assert_int_equal(good, e == NULL);
	err_drop(e);
	free(who);
	script = mem_printf("cat >signers <<'END'\n%s\nEND\n"
			    "TZ=UTC ssh-keygen -Y verify -f signers -I '%s' "
			    "-n deed -s text.sig -O verify-time=$(date -u -d "
			    "'%s' +%%Y%%m%%d%%H%%M%%SZ) <text >/dev/null 2>&1 "
			    "&& echo good || echo bad",
	    text, principal, time);
	assert_int_equal(shell_status(dir, script, &out), 0);
	assert_string_equal(out.data, good ? "good\n" : "bad\n");
	buf_release(&out);
	buf_release(&key);
	free(script);
	free(text);
	sshsig_free(s);
}

static void
a_signer_is_allowed_as_ssh_keygen_allows_him(void **state)
{
	static const struct {
		const char *line, *principal, *time;
		bool good;
	} cases[] = {
		{ "bob@x.org KEY", "bob@x.org", "2026-11-23T10:00:00Z", true },
		{ "bob@x.org KEY bob's key", "bob@x.org",
		    "2026-11-23T10:00:00Z", true },
		{ "bob@x.org,al@x.org KEY", "al@x.org", "2026-11-23T10:00:00Z",
		    true },
		{ "al@x.org KEY", "bob@x.org", "2026-11-23T10:00:00Z", false },
		{ "*@x.org KEY", "bob@x.org", "2026-11-23T10:00:00Z", true },
		{ "*@x.org,!bob@x.org KEY", "bob@x.org", "2026-11-23T10:00:00Z",
		    false },
		{ "b?b@x.org KEY", "bob@x.org", "2026-11-23T10:00:00Z", true },
		{ "# a comment\n\nbob@x.org KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", true },
		{ "bob@x.org namespaces=\"deed\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", true },
		{ "bob@x.org namespaces=\"git,d*\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", true },
		{ "bob@x.org namespaces=\"git\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", false },
		{ "bob@x.org valid-after=\"20261123\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", true },
		{ "bob@x.org valid-after=\"20261124\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", false },
		{ "bob@x.org valid-before=\"202611231000\" KEY", "bob@x.org",
		    "2026-11-23T09:59:00Z", true },
		{ "bob@x.org valid-before=\"20261123095900\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", false },
		{ "bob@x.org valid-after=\"20260101\","
		  "valid-before=\"20270101\" KEY",
		    "bob@x.org", "2026-11-23T10:00:00Z", true },
		{ "bob@x.org valid-after=\"20261123z\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", true },
		{ "bob@x.org namespaces=deed KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", false },
		{ "bob@x.org namespaces=\"!deed,*\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", false },
		{ "\"bob\"@x.org KEY", "bob@x.org", "2026-11-23T10:00:00Z",
		    false },
		{ "al@x.org,\"bob@x.org\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", true },
		{ "bob@x.org KEY\njunk", "bob@x.org", "2026-11-23T10:00:00Z",
		    true },
		{ "junk\nbob@x.org KEY", "bob@x.org", "2026-11-23T10:00:00Z",
		    true },
		{ "bob@x.org cert-authority KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", false },
		{ "bob@x.org colour=\"red\" KEY", "bob@x.org",
		    "2026-11-23T10:00:00Z", false },
		{ "bob@x.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEqdFzJn8Z9v"
		  "KYd/bdHeI6CiQvKm7Pc8m6yLqQVZQ5Ww",
		    "bob@x.org", "2026-11-23T10:00:00Z", false },
	};

	(void)state;
	make("ed25519", "deed");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		compare(cases[i].line, cases[i].principal, cases[i].time,
		    cases[i].good);
}

/* Of a file that was named, every line must be one. */
static void
a_list_that_was_asked_for_has_no_bad_line(void **state)
{
	struct signers signers = SIGNERS_INIT;
	char *path = mem_printf("%s/signers", dir);

	(void)state;
	assert_ok(file_replace(path, "# one\n\njunk\n", 12, 0600));
	assert_err(
	    signers_read(&signers, path, true), ERR_SYNTAX, "signers:3:");
	signers_release(&signers);
	assert_ok(signers_read(&signers, path, false));
	signers_release(&signers);
	free(path);
}

/* As it comes out of a mail that Windows has saved. */
static void
an_armour_may_have_carriage_returns_and_nothing_behind_it(void **state)
{
	struct buf b = BUF_INIT;
	struct sshsig *s;

	(void)state;
	make("ed25519", "deed");
	shell(dir, "sed -i 's/$/\r/' text.sig");
	s = open_signature();
	assert_ok(sshsig_check(s, "deed", "what was agreed", 15));
	sshsig_free(s);
	shell(dir, "echo more >>text.sig");
	get(&b, "text.sig");
	assert_err(sshsig_read(&s, b.data, b.len), ERR_SYNTAX, NULL);
	buf_release(&b);
}

static void
the_fingerprint_is_the_one_ssh_keygen_shows(void **state)
{
	struct buf b = BUF_INIT;
	struct sshsig *s;
	char *said;

	(void)state;
	make("ecdsa -b 256", "deed");
	s = open_signature();
	sshsig_fingerprint(&b, s);
	said = shell_says(dir, "ssh-keygen -lf id.pub | cut -d' ' -f2");
	assert_string_equal(b.data, said);
	buf_clear(&b);
	sshsig_key(&b, s);
	free(said);
	said = shell_says(dir, "cut -d' ' -f1,2 id.pub");
	assert_string_equal(b.data, said);
	free(said);
	buf_release(&b);
	sshsig_free(s);
}

static void
a_certificate_is_left_to_ssh_keygen(void **state)
{
	struct sshsig *s;

	(void)state;
	make("ed25519", "deed");
	shell(dir,
	    "ssh-keygen -q -t ed25519 -N '' -C '' -f ca\n"
	    "ssh-keygen -q -s ca -I bob -n bob@x.org id.pub\n"
	    "rm text.sig\n"
	    "ssh-keygen -q -Y sign -f id-cert.pub -n deed text");
	s = open_signature();
	assert_err(sshsig_check(s, "deed", "what was agreed", 15),
	    ERR_UNSUPPORTED, "ssh-keygen");
	sshsig_free(s);
}

/*
 * What a commit's signature is over, and the signature: git takes the header
 * "gpgsig" out, whose further lines begin with a blank.
 */
static void
split_commit(struct buf *text, struct buf *armour, const struct buf *raw)
{
	bool within = false, head = true;

	for (const char *p = raw->data, *end = p + raw->len; p < end;) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		size_t len = (lf != NULL ? lf + 1 : end) - p;
		bool begins = strncmp(p, "gpgsig ", 7) == 0;

		within = head && (begins || (within && *p == ' '));
		head = head && *p != '\n';
		if (within)
			buf_add(armour, p + (begins ? 7 : 1),
			    len - (begins ? 7 : 1));
		else
			buf_add(text, p, len);
		p += len;
	}
}

/* The raw commit at path.commit, by the key at path.commit.pub. */
static void
assert_signed(const char *path)
{
	char *pub_path = mem_printf("%s.pub", path);
	struct buf raw = BUF_INIT, text = BUF_INIT, armour = BUF_INIT;
	struct buf pub = BUF_INIT, key = BUF_INIT;
	struct sshsig *s;

	assert_ok(file_read(&raw, path, SSHSIG_MAX));
	assert_ok(file_read(&pub, pub_path, SSHSIG_MAX));
	split_commit(&text, &armour, &raw);
	assert_ok(sshsig_read(&s, armour.data, armour.len));
	sshsig_key(&key, s);
	assert_memory_equal(pub.data, key.data, key.len);
	assert_ok(sshsig_check(s, "git", text.data, text.len));
	assert_err(
	    sshsig_check(s, "deed", text.data, text.len), ERR_MISMATCH, "");
	text.data[text.len / 2] ^= 1;
	assert_err(
	    sshsig_check(s, "git", text.data, text.len), ERR_MISMATCH, "");
	sshsig_free(s);
	buf_release(&key);
	buf_release(&pub);
	buf_release(&armour);
	buf_release(&text);
	buf_release(&raw);
	free(pub_path);
}

static void
a_commit_that_git_signed_is_good(void **state)
{
	char *path = mem_printf("%s/one.commit", dir);

	(void)state;
	make("ed25519", "file");
	shell(dir,
	    "git init -q . && git -c user.name=A -c user.email=a@x.org "
	    "-c gpg.format=ssh -c user.signingkey=id.pub commit -q -S "
	    "--allow-empty -m 'two lines' -m ' gpgsig no header'\n"
	    "git cat-file commit HEAD >one.commit\ncp id.pub one.commit.pub");
	assert_signed(path);
	free(path);
}

static void
commits_of_others_are_good(void **state)
{
	char *folder = samples("git-ssh");
	struct strs names = VEC_INIT;
	size_t n = 0;

	(void)state;
	assert_ok(file_list(&names, folder));
	for (size_t i = 0; i < names.n; i++) {
		char *path = mem_printf("%s/%s", folder, names.v[i]);
		const char *dot = strrchr(path, '.');

		if (dot != NULL && strcmp(dot, ".commit") == 0) {
			assert_signed(path);
			n++;
		}
		free(path);
	}
	strs_release(&names);
	free(folder);
	if (n == 0) {
		print_message("# skip: there are keys, and no commits\n");
		skip();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    signatures_of_every_usual_key_are_good, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_hash_of_256_bits_is_as_good, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    no_byte_of_a_signature_can_change, set_up, tear_down),
		cmocka_unit_test(what_is_no_signature_is_refused),
		cmocka_unit_test_setup_teardown(
		    a_signer_is_allowed_as_ssh_keygen_allows_him, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_list_that_was_asked_for_has_no_bad_line, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    an_armour_may_have_carriage_returns_and_nothing_behind_it,
		    set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    the_fingerprint_is_the_one_ssh_keygen_shows, set_up,
		    tear_down),
		cmocka_unit_test_setup_teardown(
		    a_certificate_is_left_to_ssh_keygen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    a_commit_that_git_signed_is_good, set_up, tear_down),
		cmocka_unit_test(commits_of_others_are_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
