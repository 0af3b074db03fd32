#!/bin/sh
# big-export.sh KIND MEGABYTES: an export of about that size.
# KIND is whatsapp, telegram, csv, jsonl or mbox.
awk -v kind="$1" -v max="$(($2 * 1048576))" '
function put(line) {
	size += length(line) + 1
	print line
}
function message() {
	return "message " n " about the shop and all of its many pages"
}
BEGIN {
	n = 0
	if (kind == "telegram")
		put("{\"name\": \"Anna\", \"type\": \"personal_chat\", \"id\": 1, \"messages\": [")
	if (kind == "csv")
		put("time,author,text")
	if (kind == "mbox")
		for (; lines < 100; lines++)
			body = body "a line of the letter\n"
	for (; size < max; n++) {
		if (kind == "whatsapp")
			put(sprintf("%02d/01/2024, 10:%02d - Anna: %s", 13 + n / 600000 % 9, n / 9000 % 60, message()))
		else if (kind == "telegram")
			put((n ? "," : "") "{\"id\": " n ", \"type\": \"message\", \"date_unixtime\": \"" 1709287200 + n "\", \"from\": \"Anna\", \"text\": \"" message() "\"}")
		else if (kind == "csv")
			put("2024-03-01T10:00:00Z,Anna,\"" message() ", and more\"")
		else if (kind == "jsonl")
			put("{\"time\": " 1709287200 + n ", \"author\": \"Anna\", \"text\": \"" message() "\"}")
		else
			put("From a@b.example Fri Mar  1 10:00:00 2024\nFrom: a@b.example\nDate: Fri, 1 Mar 2024 10:00:00 +0100\nSubject: " n "\n\n" body)
	}
	if (kind == "telegram")
		put("]}")
}'
