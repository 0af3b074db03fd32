# A package's lists of digests, made anew.

# Make the lists agree with the files again, as somebody would who knows how.
relist() {
	find data -type f | LC_ALL=C sort | xargs -d '\n' sha256sum >manifest-sha256.txt
	sed -i "s/^Payload-Oxum:.*/Payload-Oxum: $(find data -type f -exec cat {} + | wc -c).$(find data -type f | wc -l)/" bag-info.txt
	{
		sha256sum bagit.txt bag-info.txt manifest-sha256.txt
		echo "payload $(find data -type f | wc -l) files $(find data -type f -exec cat {} + | wc -c) bytes"
		echo 'tags bag-info.txt bagit.txt manifest-sha256.txt root.txt tagmanifest-sha256.txt'
	} >root.txt
	sha256sum bag-info.txt bagit.txt manifest-sha256.txt root.txt >tagmanifest-sha256.txt
}
