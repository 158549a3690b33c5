/* SPDX-License-Identifier: Apache-2.0 */
#include "gateway/version.h"

#include "storage/store.h"

#include <curl/curl.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <sodium.h>
#include <uv.h>

const char *version_number(void)
{
	return PACKAGE_VERSION;
}

void version_print(FILE *out)
{
	fprintf(out, "usher %s (libuv %s, sqlite %s, openssl %s, libcurl %s, libsodium %s, jansson %s)\n",
		PACKAGE_VERSION, uv_version_string(), store_sqlite_version(),
		OpenSSL_version(OPENSSL_VERSION_STRING), curl_version_info(CURLVERSION_NOW)->version,
		sodium_version_string(), jansson_version_str());
}
