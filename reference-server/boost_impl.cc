// The one translation unit that holds what Asio and Beast compile only once
// (BOOST_ASIO_SEPARATE_COMPILATION, BOOST_BEAST_SEPARATE_COMPILATION): of Beast the HTTP parser and
// what it needs. Not <boost/beast/src.hpp>: core/websocket/deflate.cc has Beast's zlib, and with a
// second copy in the program, which has an error category of its own, the codes that one copy
// reports would not equal those the other asks for.
#define BOOST_BEAST_SOURCE
#include <boost/asio/impl/src.hpp>
#include <boost/beast/core/detail/impl/temporary_buffer.ipp>
#include <boost/beast/core/impl/error.ipp>
#include <boost/beast/core/impl/string.ipp>
#include <boost/beast/http/detail/basic_parser.ipp>
#include <boost/beast/http/detail/rfc7230.ipp>
#include <boost/beast/http/impl/basic_parser.ipp>
#include <boost/beast/http/impl/error.ipp>
#include <boost/beast/http/impl/field.ipp>
#include <boost/beast/http/impl/fields.ipp>
#include <boost/beast/http/impl/rfc7230.ipp>
#include <boost/beast/http/impl/status.ipp>
#include <boost/beast/http/impl/verb.ipp>
