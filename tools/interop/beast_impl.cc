// What Asio and Beast compile only once, here for a program that shares nothing with Torpor's own.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
