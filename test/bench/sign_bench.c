/* Signs as an authenticator does (ECDSA on P-256 with SHA-256), faster than a program started for
 * each: a line of hex digits in, the signature of these bytes as a line of hex digits out. usage:
 * sign_bench KEY.pem */
#include "base/base.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <stdio.h>
#include <string.h>

enum { message_most = 400, signature_most = 80 };

static EVP_PKEY *key_from(const char *path)
{
	FILE *file = fopen(path, "r");
	EVP_PKEY *key;

	must_be(file);
	key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
	must_be(key && fclose(file) == 0);
	return key;
}

static size_t sign(EVP_PKEY *key, const uint8_t *message, size_t length, uint8_t *out)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	size_t size = signature_most;

	must_be(EVP_DigestSignInit(digest, NULL, EVP_sha256(), NULL, key) == 1);
	must_be(EVP_DigestSign(digest, out, &size, message, length) == 1);
	EVP_MD_CTX_free(digest);
	return size;
}

int main(int argc, char **argv)
{
	uint8_t message[message_most], signature[signature_most];
	char line[2 * message_most + 2];
	EVP_PKEY *key;

	must_be(argc == 2);
	key = key_from(argv[1]);
	while (fgets(line, sizeof(line), stdin)) {
		struct str digits = str_trim(str_of(line));
		size_t size;

		must_be(digits.length % 2 == 0 && hex_take(digits, message, digits.length / 2));
		size = sign(key, message, digits.length / 2, signature);
		for (size_t i = 0; i < size; i++)
			printf("%02x", signature[i]);
		printf("\n");
	}
	EVP_PKEY_free(key);
	return 0;
}
