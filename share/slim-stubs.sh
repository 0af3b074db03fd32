#!/bin/sh
# For the slim build: C stand-ins for the network half of a static libgit2
# ($1), which deed never uses.  Those that libgit2 calls when it starts and
# ends do nothing; any other would be a mistake of ours, and stops the program.
set -e
printf '#include <%s>\n' malloc.h stdlib.h string.h
nm -u "$1" 2>/dev/null | awk '
	$1 != "U" || seen[$2]++ { next }
	$2 == "GSS_C_NT_HOSTBASED_SERVICE" { print "void *" $2 ";"; next }
	# an answer libgit2 1.5 wants to be neither success nor nothing
	$2 ~ /^mbedtls_x509_crt_parse_(file|path)$/ { give($2, "return -1;"); next }
	$2 == "mbedtls_ssl_get_ciphersuite_id" { give($2, "return 1;"); next }
	# what libgit2 1.5 allocated and will free the members of
	$2 == "mbedtls_ssl_config_init" {
		print "void " $2 "(void *);\nvoid " $2 "(void *p) { memset(p, 0, malloc_usable_size(p)); }"
		next
	}
	$2 ~ /^mbedtls_(sha|strerror)/ { next }
	$2 ~ /^mbedtls_/ || $2 ~ /^libssh2_(init|exit)$/ { give($2, "return 0;"); next }
	$2 ~ /^(gss_|libssh2_|http_)/ { give($2, "abort();") }
	function give(name, body) { print "long " name "(void);\nlong " name "(void) { " body " }" }
'
# What a static libc could only do with the help of shared libraries, and the
# libraries inside ask for: plug-ins, addresses of hosts, other people's homes.
# The linker puts these in their place (--wrap).
cat <<'END'
#include <errno.h>
#include <netdb.h>
#include <pwd.h>

void *__wrap_dlopen(const char *path, int flags);
struct hostent *__wrap_gethostbyname(const char *name);
int __wrap_getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **out);
int __wrap_getpwuid_r(uid_t uid, struct passwd *pw, char *room, size_t len,
    struct passwd **out);

void *
__wrap_dlopen(const char *path, int flags)
{
	(void)path, (void)flags;
	return NULL;
}

struct hostent *
__wrap_gethostbyname(const char *name)
{
	(void)name;
	return NULL;
}

int
__wrap_getaddrinfo(const char *node, const char *service,
    const struct addrinfo *hints, struct addrinfo **out)
{
	(void)node, (void)service, (void)hints, (void)out;
	return EAI_FAIL;
}

int
__wrap_getpwuid_r(uid_t uid, struct passwd *pw, char *room, size_t len,
    struct passwd **out)
{
	(void)uid, (void)pw, (void)room, (void)len;
	*out = NULL;
	return ENOENT;
}
END
