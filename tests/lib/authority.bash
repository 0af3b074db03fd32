# An authority of RFC 3161 on the loopback, for tests of stamps.

# authority DIR NAME: a root, and two certificates for stamps, one expired.
authority() {
	mkdir -p "$1"
	(
		cd "$1" || exit
		cat >tsa.cnf <<-END
			[tsa]
			serial = serial
			signer_cert = signer.pem
			signer_key = signer.key
			certs = root.pem
			signer_digest = sha256
			default_policy = 1.2.3.4
			digests = sha256
			accuracy = secs:1
			ess_cert_id_alg = sha256
			[old]
			serial = serial
			signer_cert = old.pem
			signer_key = signer.key
			certs = root.pem
			signer_digest = sha256
			default_policy = 1.2.3.4
			digests = sha256
			ess_cert_id_alg = sha256
			[strict]
			serial = serial
			signer_cert = signer.pem
			signer_key = signer.key
			signer_digest = sha256
			default_policy = 1.2.3.4
			digests = sha512
			[v3]
			extendedKeyUsage = critical,timeStamping
		END
		echo 01 >serial
		openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -subj "/CN=$2 Root" -days 30
		openssl req -new -newkey rsa:2048 -nodes -keyout signer.key -out signer.csr -subj "/CN=$2"
		openssl x509 -req -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile tsa.cnf -extensions v3 -days 20 -out signer.pem
		openssl x509 -req -in signer.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile tsa.cnf -extensions v3 -days -1 -out old.pem
	) >/dev/null 2>&1
}

# authority_starts DIR NAME: make one and let it answer; its port is DIR/port.
authority_starts() {
	authority "$1" "$2"
	python3 "$BATS_TEST_DIRNAME/../lib/authority.py" "$1" 3>&- &
	echo $! >"$1/pid"
	for _ in $(seq 100); do
		[ ! -s "$1/port" ] || break
		sleep 0.1
	done
}

# authority_lists DIR: another certificate, through one between it and the root,
# which names a list of revoked ones; authority_revokes DIR REASON puts it on it.
authority_lists() {
	(
		cd "$1" || exit
		cat >list.cnf <<-END
			[ca]
			default_ca = it
			[it]
			database = index.txt
			crlnumber = crlnumber
			default_md = sha256
			default_crl_days = 30
			[between]
			basicConstraints = critical,CA:true
			[v3]
			extendedKeyUsage = critical,timeStamping
			crlDistributionPoints = URI:http://127.0.0.1:$(cat port)/list
		END
		: >index.txt
		echo 01 >crlnumber
		openssl req -new -newkey rsa:2048 -nodes -keyout between.key -out between.csr -subj '/CN=Between'
		openssl x509 -req -in between.csr -CA root.pem -CAkey root.key -CAcreateserial -extfile list.cnf -extensions between -days 20 -out between.pem
		openssl x509 -req -in signer.csr -CA between.pem -CAkey between.key -CAcreateserial -extfile list.cnf -extensions v3 -days 20 -out signer.pem
		sed -i 's/^certs = .*/certs = between.pem/' tsa.cnf
		openssl ca -config list.cnf -gencrl -keyfile between.key -cert between.pem -out crl.pem
		openssl crl -in crl.pem -outform DER -out crl.der
	) >/dev/null 2>&1
}

authority_revokes() {
	(
		cd "$1" || exit
		openssl ca -config list.cnf -revoke signer.pem -keyfile between.key -cert between.pem -crl_reason "$2"
		openssl ca -config list.cnf -gencrl -keyfile between.key -cert between.pem -out crl.pem
		openssl crl -in crl.pem -outform DER -out crl.der
	) >/dev/null 2>&1
}

authority_ends() {
	kill "$(cat "$1/pid")"
}
