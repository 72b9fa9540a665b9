// Offers and answers were put to workerd 1.20261117.1 in these very words.
#include "core/websocket/extensions.h"

#include <gtest/gtest.h>

namespace torpor::websocket {
namespace {

std::string answer(std::string_view offer) {
  const auto negotiated = negotiate(offer);
  return negotiated ? negotiated->response_header : "none";
}

std::string answer_to_bits(std::string_view value) {
  return answer("permessage-deflate; server_max_window_bits=" + std::string(value));
}

struct Case {
  const char* offer;
  const char* answer;
};

TEST(Extensions, Ext03_AnswersInFixedOrder) {
  constexpr Case kCases[] = {
      {"permessage-deflate", "permessage-deflate"},
      {"permessage-deflate; client_max_window_bits",
       "permessage-deflate; client_max_window_bits=15"},
      {"permessage-deflate; client_max_window_bits=10; server_max_window_bits=10",
       "permessage-deflate; client_max_window_bits=10; server_max_window_bits=10"},
      {"permessage-deflate; server_max_window_bits=10; client_max_window_bits",
       "permessage-deflate; client_max_window_bits=15; server_max_window_bits=10"},
      {"permessage-deflate; server_no_context_takeover; client_no_context_takeover",
       "permessage-deflate; client_no_context_takeover; server_no_context_takeover"},
      {"permessage-deflate; server_max_window_bits=15",
       "permessage-deflate; server_max_window_bits=15"},
      {"permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
       "server_max_window_bits=15; client_max_window_bits=15",
       "permessage-deflate; client_no_context_takeover; server_no_context_takeover; "
       "client_max_window_bits=15; server_max_window_bits=15"},
  };
  for (const Case& it : kCases) EXPECT_EQ(answer(it.offer), it.answer) << it.offer;
}

TEST(Extensions, Ext02_TheseOffersAreSkipped) {
  constexpr const char* kRefused[] = {
      "",
      ", ",
      "foo",
      "x-webkit-deflate-frame",
      "permessage-deflate-x",
      "permessage-deflate=1",
      "PERMESSAGE-DEFLATE",
      ";permessage-deflate",
      "permessage-deflate server_no_context_takeover",
      "permessage-deflate; foo",
      "permessage-deflate; =",
      "permessage-deflate; =10",
      "permessage-deflate; Client_Max_Window_Bits",
      "permessage-deflate; Server_No_Context_Takeover",
      "permessage-deflate; client_max_window_bits=",
      "permessage-deflate; server_max_window_bits",
      "permessage-deflate; server_no_context_takeover=1",
      "permessage-deflate; server_no_context_takeover=",
      "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
      "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
      "permessage-deflate; client_max_window_bits=7",
      "permessage-deflate; client_max_window_bits=16",
  };
  for (const char* offer : kRefused) EXPECT_EQ(answer(offer), "none") << offer;
  EXPECT_EQ(
      answer("permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
             "server_max_window_bits=15; client_max_window_bits=15; client_max_window_bits=15"),
      "none");
}

TEST(Extensions, Ext01_FirstAcceptableOfferWins) {
  EXPECT_EQ(answer("permessage-deflate; server_max_window_bits=7, permessage-deflate"),
            "permessage-deflate");
  EXPECT_EQ(answer("permessage-deflate; foo, permessage-deflate; server_no_context_takeover"),
            "permessage-deflate; server_no_context_takeover");
  EXPECT_EQ(answer("permessage-deflate, permessage-deflate; client_no_context_takeover"),
            "permessage-deflate");
  EXPECT_EQ(answer("foo; a=\"b, c\", permessage-deflate"), "permessage-deflate");
  EXPECT_EQ(answer(",,permessage-deflate"), "permessage-deflate");
}

TEST(Extensions, Ext02_BlanksAndOneFinalSemicolonAreNoObstacle) {
  EXPECT_EQ(answer(" permessage-deflate "), "permessage-deflate");
  EXPECT_EQ(answer("permessage-deflate;"), "permessage-deflate");
  EXPECT_EQ(answer("permessage-deflate; "), "permessage-deflate");
  EXPECT_EQ(answer("permessage-deflate;,permessage-deflate; foo"), "permessage-deflate");
  EXPECT_EQ(answer("permessage-deflate;;"), "none");
  EXPECT_EQ(answer("permessage-deflate; ;"), "none");
  EXPECT_EQ(answer("permessage-deflate; client_no_context_takeover;;server_no_context_takeover"),
            "none");
  EXPECT_EQ(answer("permessage-deflate; \t server_max_window_bits\t=\t9"),
            "permessage-deflate; server_max_window_bits=9");
}

TEST(Extensions, Ext02_NumbersAreReadAsCReadsThem) {
  const std::string nine = "permessage-deflate; server_max_window_bits=9";
  for (const char* value :
       {"9", "09", "+9", "+009", "0x9", "0X9", "0x0009", "0000000000000000000000000000009"}) {
    EXPECT_EQ(answer_to_bits(value), nine) << value;
  }
  EXPECT_EQ(answer_to_bits("0xF"), "permessage-deflate; server_max_window_bits=15");
  EXPECT_EQ(answer_to_bits("8"), "permessage-deflate; server_max_window_bits=8");
  for (const char* value : {"\"10\"",
                            "'10'",
                            "1e1",
                            "10x",
                            "1 0",
                            "10=10",
                            "=10",
                            "-9",
                            "100",
                            "0x",
                            "+0x9",
                            "++9",
                            "+",
                            "+ 9",
                            "-0",
                            "0xg",
                            "9.",
                            "0x+9",
                            "00x9",
                            "0x 9",
                            "9_",
                            "0b1010",
                            "-0x9",
                            "7",
                            "16",
                            "18446744073709551625",
                            "99999999999999999999999",
                            "-18446744073709551607"}) {
    EXPECT_EQ(answer_to_bits(value), "none") << value;
  }
}

// RFC 7692, 7.1.2.
TEST(Extensions, StrictNumbersAreDecimalWithoutALeadingZero) {
  for (const char* bits : {"0xa", "+10", "010", "08"}) {
    const std::string offer = std::string("permessage-deflate; server_max_window_bits=") + bits;
    EXPECT_TRUE(negotiate(offer).has_value()) << bits;
    EXPECT_FALSE(negotiate(offer, NumberForm::kRfc7692).has_value()) << bits;
  }
  const auto ten = negotiate("permessage-deflate; server_max_window_bits=10", NumberForm::kRfc7692);
  ASSERT_TRUE(ten.has_value());
  EXPECT_EQ(ten->parameters.server_max_window_bits, 10);
}

TEST(Extensions, NegotiatedParametersAreThoseOfTheAnswer) {
  const auto negotiated = negotiate(
      "permessage-deflate; server_no_context_takeover; client_max_window_bits=9; "
      "server_max_window_bits=12");
  EXPECT_EQ(negotiated->parameters, (DeflateParameters{.server_no_context_takeover = true,
                                                       .client_no_context_takeover = false,
                                                       .server_max_window_bits = 12,
                                                       .client_max_window_bits = 9}));
  EXPECT_EQ(parse_response(negotiated->response_header), negotiated->parameters);
}

TEST(Extensions, Out13_AnswersThatAClientTakes) {
  EXPECT_EQ(parse_response("permessage-deflate"), DeflateParameters());
  EXPECT_EQ(parse_response("permessage-deflate;"), DeflateParameters());
  EXPECT_EQ(parse_response("permessage-deflate; client_max_window_bits=10")->client_max_window_bits,
            10);
  EXPECT_EQ(
      parse_response("permessage-deflate; server_max_window_bits=0x9")->server_max_window_bits, 9);
  EXPECT_TRUE(
      parse_response("permessage-deflate; client_no_context_takeover")->client_no_context_takeover);
}

TEST(Extensions, Out13_AnswersThatFailTheConnection) {
  for (const char* refused :
       {"x-foo", "permessage-deflate, x-foo", "x-foo, permessage-deflate",
        "permessage-deflate, permessage-deflate", "permessage-deflate; foo", "PERMESSAGE-DEFLATE",
        "permessage-deflate; client_max_window_bits", "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_max_window_bits=7",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover"}) {
    EXPECT_EQ(parse_response(refused), std::nullopt) << refused;
  }
}

TEST(Extensions, OffersAreWrittenSoThatTheyAreTaken) {
  EXPECT_EQ(build_offer(), "permessage-deflate");  // what workerd's own clients offer
  EXPECT_EQ(build_offer({.supports_client_max_window_bits = true}),
            "permessage-deflate; client_max_window_bits");
  EXPECT_EQ(build_offer({.server_no_context_takeover = true,
                         .client_no_context_takeover = true,
                         .server_max_window_bits = 9,
                         .client_max_window_bits = 10}),
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover; "
            "client_max_window_bits=10; server_max_window_bits=9");
}

}  // namespace
}  // namespace torpor::websocket
