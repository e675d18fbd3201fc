// SPDX-License-Identifier: AGPL-3.0-or-later
#include "services/ankisyncctl/doctor/outside/certificate.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <ctime>
#include <memory>

#include "common/core/ip_address.h"

namespace ankisync::doctor {
namespace {

struct Release {
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bytes) const { BIO_free(bytes); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};

UnixSeconds TimeOf(const ASN1_TIME* time) {
  std::tm parts{};
  if (!time || ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return UnixSeconds{::timegm(&parts)};
}

std::string TextOf(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

std::string AddressText(const std::string& bytes) {
  std::string text;
  if (bytes.size() != 4) return "an IPv6 address";
  for (const char byte : bytes)
    text += (text.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(byte));
  return text;
}

std::vector<std::string> NamesIn(const X509* certificate) {
  const std::unique_ptr<GENERAL_NAMES, Release> all(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    int type = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all.get(), i), &type));
    if (type == GEN_DNS) names.push_back(TextOf(value));
    if (type == GEN_IPADD) names.push_back(AddressText(TextOf(value)));
  }
  return names;
}

}  // namespace

std::optional<Certificate> ReadCertificate(const std::string& pem, const std::string& host) {
  const std::unique_ptr<BIO, Release> bytes(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const std::unique_ptr<X509, Release> x509(
      PEM_read_bio_X509(bytes.get(), nullptr, nullptr, nullptr));
  if (!x509) return std::nullopt;
  const bool is_address = IpAddress::Parse(host).has_value();
  Certificate certificate{.names = NamesIn(x509.get()),
                          .is_self_signed = X509_NAME_cmp(X509_get_subject_name(x509.get()),
                                                          X509_get_issuer_name(x509.get())) == 0,
                          .from = TimeOf(X509_get0_notBefore(x509.get())),
                          .until = TimeOf(X509_get0_notAfter(x509.get()))};
  certificate.fits = is_address
                         ? X509_check_ip_asc(x509.get(), host.c_str(), 0) == 1
                         : X509_check_host(x509.get(), host.c_str(), host.size(),
                                           X509_CHECK_FLAG_NEVER_CHECK_SUBJECT, nullptr) == 1;
  return certificate;
}

}  // namespace ankisync::doctor
