// A change of the model is noticed: by the catalogue and by the recorded traces.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tools/torpor/process.h"

namespace torpor::tool {
namespace {

using ::testing::HasSubstr;

struct Change {
  const char* assignment;
  const char* statement;
  const char* family;  // where it is looked for
  const char* found;   // one of the cases that must fail
};

void PrintTo(const Change& change, std::ostream* out) {
  *out << change.assignment;
}

class ChangedModel : public testing::TestWithParam<Change> {};

TEST_P(ChangedModel, FailsNamedCases) {
  const Change change = GetParam();
  const Ended ended =
      run_torpor({"certify", "sim", "--filter", change.family, "--set", change.assignment});
  EXPECT_EQ(ended.exit, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr(std::string("fail  ") + change.found));
  EXPECT_THAT(ended.out, HasSubstr(change.statement));
}

// "close/client/*" → the traces of close/client.
std::vector<std::string> traces_of(const std::string& family) {
  std::string prefix = family.substr(0, family.find('*'));
  std::replace(prefix.begin(), prefix.end(), '/', '.');
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(TORPOR_TRACES)) {
    if (entry.path().filename().string().starts_with(prefix))
      paths.push_back(entry.path().string());
  }
  return paths;
}

TEST_P(ChangedModel, DivergesFromRecordedTraces) {
  const Change change = GetParam();
  std::vector<std::string> arguments = traces_of(change.family);
  arguments.insert(arguments.begin(), "replay");
  arguments.insert(arguments.end(), {"--set", change.assignment});
  const Ended ended = run_torpor(arguments);
  EXPECT_EQ(ended.exit, 1) << ended.err;
  EXPECT_THAT(ended.out, HasSubstr(std::string("diverged  ") + change.found));
  EXPECT_THAT(ended.out, HasSubstr(std::string("--set ") + change.assignment));
}

INSTANTIATE_TEST_SUITE_P(
    Rules, ChangedModel,
    testing::Values(Change{"attachment_bytes_max=16383", "ATT-01", "attachments/*",
                           "attachments/limit[value=buffer-16379]"},
                    Change{"attachment_bytes_max=16385", "ATT-01", "attachments/*",
                           "attachments/limit[value=buffer-16380]"},
                    Change{"tag_count_max=11", "TAG-01", "tags/*", "tags/count[tags=eleven]"},
                    Change{"tag_length_max=255", "TAG-02", "tags/*", "tags/length[tags=256]"},
                    Change{"auto_response_length_max=2049", "AUTO-04", "auto-response/*",
                           "auto-response/request-limit[text=2049]"},
                    Change{"close_reason_bytes_max=124", "CLOSE-04", "close/server/*",
                           "close/server/reason-limit[reason=124]"},
                    Change{"close_as_first_frame_keeps_tcp_open=0", "CLOSE-16", "close/server/*",
                           "close/server/only-frame-is-the-reply[by=timer,before=ping]"},
                    Change{"second_hibernation_forgets_close=0", "HIB-18", "hibernation/*",
                           "hibernation/closed-and-hibernated-twice"},
                    Change{"idle_eviction_ms=20000", "ATT-08", "attachments/*",
                           "attachments/hibernation"},
                    Change{"hibernatable_auto_reply=1", "ACL-04", "close/client/*",
                           "close/client/answered[api=hibernation,date=2026-04-07,handler=empty]"},
                    Change{"standard_auto_reply=0", "ACL-01", "close/client/*",
                           "close/client/answered[api=standard,date=2026-04-07,handler=empty]"}));

}  // namespace
}  // namespace torpor::tool
