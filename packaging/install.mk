# Where an installed deed lies, and the packages made of it.

BINDIR     ?= $(PREFIX)/bin
MANDIR     ?= $(PREFIX)/share/man
DOCDIR     ?= $(PREFIX)/share/doc/deed
BASHDIR    ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR     ?= $(PREFIX)/share/zsh/site-functions
FISHDIR    ?= $(PREFIX)/share/fish/vendor_completions.d

SHARED     := platforms templates schema ci
DOCS       := README.md SECURITY.md CHANGES LICENSE
DEB_DEPS   := debhelper dpkg-dev fakeroot lintian

install: all					## into $(DESTDIR)$(PREFIX)
	install -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(LIBEXECDIR)" \
		"$(DESTDIR)$(DOCDIR)"
	install -m755 $B/deed "$(DESTDIR)$(BINDIR)/deed"
	ln -sf deed "$(DESTDIR)$(BINDIR)/git-deed"
	install -m755 $(HELPERS) "$(DESTDIR)$(LIBEXECDIR)"
	for f in $$(cd share && find $(SHARED) -type f); do \
		install -Dm644 share/$$f "$(DESTDIR)$(DATADIR)/$$f" || exit; \
	done
	install -m644 $(DOCS) "$(DESTDIR)$(DOCDIR)"
	install -Dm644 -t "$(DESTDIR)$(DOCDIR)/doc" doc/*
	for page in man/*.[157]; do \
		install -Dm644 -t "$(DESTDIR)$(MANDIR)/man$${page##*.}" $$page || \
		exit; \
	done
	ln -sf deed.1 "$(DESTDIR)$(MANDIR)/man1/git-deed.1"
	install -Dm644 completions/deed.bash "$(DESTDIR)$(BASHDIR)/deed"
	install -Dm644 completions/_deed "$(DESTDIR)$(ZSHDIR)/_deed"
	install -Dm644 completions/deed.fish "$(DESTDIR)$(FISHDIR)/deed.fish"

uninstall:					## remove what install put there
	rm -f "$(DESTDIR)$(BINDIR)/deed" "$(DESTDIR)$(BINDIR)/git-deed" \
		"$(DESTDIR)$(BASHDIR)/deed" "$(DESTDIR)$(ZSHDIR)/_deed" \
		"$(DESTDIR)$(FISHDIR)/deed.fish"
	for page in $(notdir $(wildcard man/*.[157])) git-deed.1; do \
		rm -f "$(DESTDIR)$(MANDIR)/man$${page##*.}/$$page"; \
	done
	rm -rf "$(DESTDIR)$(LIBEXECDIR)" "$(DESTDIR)$(DATADIR)" \
		"$(DESTDIR)$(DOCDIR)"

dist:						## a source tarball, in build/
	@mkdir -p build
	git archive --format=tar --prefix=deed-$(VERSION)/ HEAD | \
		gzip -9n >build/deed-$(VERSION).tar.gz

# The package is built of what is committed, as anybody else would build it.
deb: dist					## a Debian package, in build/deb/
	@sh tests/deps $(BUILD_DEPS) $(DEB_DEPS)
	rm -rf build/deb && mkdir -p build/deb
	cp build/deed-$(VERSION).tar.gz build/deb/deed_$(VERSION).orig.tar.gz
	tar -xzf build/deed-$(VERSION).tar.gz -C build/deb
	cp -R packaging/debian build/deb/deed-$(VERSION)/debian
	cd build/deb/deed-$(VERSION) && dpkg-buildpackage -us -uc
	rm -rf build/deb/deed-$(VERSION)
	lintian --allow-root --fail-on warning \
		--suppress-tags initial-upload-closes-no-bugs build/deb/*.changes

html:						## the manual and a case as pages, in build/html/
	@sh tests/deps $(BUILD_DEPS) $(RUN_DEPS) unzip mandoc
	@$(MAKE) --no-print-directory all
	cd build && sh ../share/demo.sh "$(abspath $B/deed)" >demo.log
	sh packaging/html.sh build/html build/demo/case/*/data/index.html

.PHONY: install uninstall dist deb html
