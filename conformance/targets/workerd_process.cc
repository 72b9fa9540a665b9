#include "conformance/targets/workerd_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include "core/json.h"

namespace torpor::targets {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

namespace {

constexpr char kEvictingModule[] = "tools/fixture/evicting_worker.js";
constexpr char kMainModule[] = "tools/fixture/worker.js";
constexpr char kTaggedJson[] = "core/value/tagged_json.mjs";
constexpr char kConfig[] = "config.capnp";
constexpr char kLog[] = "workerd.log";
constexpr char kListens[] = R"("event":"listen")";  // on the control descriptor, for each socket
constexpr std::chrono::milliseconds kPatience{20'000};
constexpr std::chrono::milliseconds kDrain{300};
constexpr std::chrono::milliseconds kPoll{5};
constexpr int kPortAttempts = 5;

#if defined(__aarch64__)
constexpr char kPackage[] = "@cloudflare/workerd-linux-arm64";
#else
constexpr char kPackage[] = "@cloudflare/workerd-linux-64";
#endif

std::system_error system_failure(const std::string& what) {
  return {errno, std::generic_category(), what};
}

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out)
    throw std::runtime_error(file.string() +
                             ": cannot be written; is there room in the temporary folder?");
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() { ::close(fd_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t free_port() {
  const Descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(probe.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw system_failure("no free port on 127.0.0.1");
  }
  return ntohs(address.sin_port);
}

fs::path binary_file(const fs::path& node_modules) {
  return node_modules / kPackage / "bin" / "workerd";
}

fs::path cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return cache;
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0')
    return fs::path(home) / ".cache";
  throw std::runtime_error(
      "no place to keep another workerd in: set HOME or XDG_CACHE_HOME, or TORPOR_WORKERD to a "
      "binary");
}

void install(const std::string& version, const fs::path& folder) {
  fs::create_directories(folder);
  std::vector<std::string> words = {"npm",
                                    "install",
                                    "--prefix",
                                    folder.string(),
                                    "--no-audit",
                                    "--no-fund",
                                    std::string(kPackage) + "@" + version};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO,
                                   STDOUT_FILENO);  // standard output is the report's
  pid_t npm = -1;
  const int failure = ::posix_spawnp(&npm, "npm", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  if (failure == 0) {
    while (::waitpid(npm, &status, 0) < 0 && errno == EINTR) {
    }
  }
  if (failure != 0 || status != 0) {
    throw std::runtime_error(
        "npm could not install " + words.back() + " into " + folder.string() +
        ": is npm installed, and is there such a version? Or set TORPOR_WORKERD to a binary");
  }
}

// In the child: only what is safe between fork and exec.
[[noreturn]] void become(const char* folder, int log, pid_t parent, char* const arguments[]) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before we asked to hear of it
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  const int null = ::open("/dev/null", O_RDONLY);
  ::dup2(null, STDIN_FILENO);
  ::dup2(log, STDOUT_FILENO);
  ::dup2(log, STDERR_FILENO);
  ::close_range(3, ~0U, 0);  // the harness's connections are not its
  if (::chdir(folder) == 0) ::execv(arguments[0], arguments);
  const char* reason = std::strerror(errno);
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, reason, std::strlen(reason));
  ::_exit(127);
}

}  // namespace

fs::path default_fixture_dir() {
  return fs::path(TORPOR_SOURCE_DIR) / "tools" / "fixture";
}

bool is_workerd_version(const std::string& text) {
  static const std::regex kVersion("[0-9]+(\\.[0-9]+)*");
  return std::regex_match(text, kVersion);
}

fs::path find_workerd_binary(const std::optional<std::string>& version) {
  if (const char* chosen = std::getenv("TORPOR_WORKERD"); chosen != nullptr && *chosen != '\0') {
    if (::access(chosen, X_OK) == 0) return fs::absolute(chosen);
    throw std::runtime_error("TORPOR_WORKERD=" + std::string(chosen) +
                             " is not a program that can be run");
  }
  const fs::path installed = fs::path(TORPOR_SOURCE_DIR) / "tools" / "node_modules";
  const bool present = fs::exists(binary_file(installed));
  if (!version.has_value()) {
    if (present) return binary_file(installed);
    throw std::runtime_error("no workerd in " + installed.string() +
                             ": run tools/setup.sh, or set TORPOR_WORKERD to a binary");
  }
  if (present && workerd_version(binary_file(installed)) == *version) return binary_file(installed);
  if (!is_workerd_version(*version))
    throw std::runtime_error("\"" + *version + "\" is not a version of workerd");
  const fs::path folder = cache_folder() / "torpor" / "workerd" / *version;
  const fs::path binary = binary_file(folder / "node_modules");
  if (!fs::exists(binary)) install(*version, folder);
  if (!fs::exists(binary))
    throw std::runtime_error("npm installed no " + binary.string() +
                             ": remove its folder, try again");
  return binary;
}

std::string workerd_version(const fs::path& binary) {
  std::error_code error;
  const fs::path real = fs::canonical(binary, error);
  if (error) return "unknown";
  std::ifstream in(real.parent_path().parent_path() / "package.json");
  const Json package = Json::parse(in, nullptr, false);
  if (!package.is_object()) return "unknown";
  const auto name = package.find("name");
  const auto version = package.find("version");
  const bool of_workerd = name != package.end() && name->is_string() &&
                          name->get<std::string>().rfind("@cloudflare/workerd", 0) == 0;
  if (!of_workerd || version == package.end() || !version->is_string()) return "unknown";
  return version->get<std::string>();
}

bool accepts(std::uint16_t port) {
  const Descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = loopback(port);
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

WorkerdProcess::WorkerdProcess(Options options) : options_(std::move(options)) {
  make_folder();
  try {
    copy_modules();
    start_on_free_ports();
  } catch (...) {
    stop();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    throw;
  }
}

WorkerdProcess::~WorkerdProcess() {
  stop();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void WorkerdProcess::make_folder() {
  std::string name = (fs::temp_directory_path() / "torpor-workerd-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw system_failure(name);
  folder_ = name;
}

void WorkerdProcess::copy_modules() {
  for (std::size_t i = 0; i < options_.services.size(); ++i) {
    const Service& service = options_.services[i];
    services_.push_back({service.compatibility_date, service.flags, {}, {}, {}});
    if (service.worker) add_worker(i, *service.worker);
  }
  add_fixture();
}

void WorkerdProcess::add_fixture() {
  const fs::path& from = options_.fixture_dir;
  fs::create_directories((folder_ / kMainModule).parent_path());
  fs::create_directories((folder_ / kTaggedJson).parent_path());
  if (!fs::exists(from / "worker.js")) {
    throw std::runtime_error(
        from.string() +
        " holds no worker.js: the fixture is tools/fixture of Torpor's source tree");
  }
  std::set<std::string> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    if (entry.path().extension() == ".js")
      others.insert("tools/fixture/" + entry.path().filename().string());
  }
  others.erase(kMainModule);
  others.erase(kEvictingModule);
  std::vector<std::string> modules = {kMainModule};  // the first module is the worker
  modules.insert(modules.end(), others.begin(), others.end());
  modules.emplace_back(kEvictingModule);
  for (const std::string& module : modules) {
    write_file(folder_ / module, contents(from / fs::path(module).filename()));
  }
  const fs::path beside = from / "tagged_json.mjs";
  fs::copy_file(fs::exists(beside) ? beside : from / ".." / ".." / kTaggedJson,
                folder_ / kTaggedJson);
  modules.back() = kTaggedJson;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (options_.services[i].worker) continue;
    services_[i].modules = modules;
    if (options_.services[i].evicts) let_evict(services_[i]);
    services_[i].classes = {{"TorporObject", true}};
    services_[i].bindings = {{"OBJECT", "TorporObject"}};
  }
}

void WorkerdProcess::let_evict(WorkerdService& service) {
  service.modules.insert(service.modules.begin(), kEvictingModule);
  service.flags.insert(service.flags.end(), {"unsafe_module", "experimental"});
}

void WorkerdProcess::add_worker(std::size_t index, const Worker& worker) {
  const std::string module =
      "workers/" + std::to_string(index) + "/" + worker.main.filename().string();
  fs::create_directories((folder_ / module).parent_path());
  if (!fs::exists(worker.main))
    throw std::runtime_error(worker.main.string() + ": there is no such worker");
  write_file(folder_ / module, contents(worker.main));
  services_[index].modules = {module};
  services_[index].classes = worker.classes;
  services_[index].bindings = worker.bindings;
}

void WorkerdProcess::write_config() const {
  for (std::size_t i = 0; i < services_.size(); ++i)
    fs::create_directories(workerd_disk(folder_, i));
  write_file(folder_ / kConfig, workerd_config(services_, ports_, folder_));
}

void WorkerdProcess::start_on_free_ports() {
  for (int attempt = 1;; ++attempt) {
    ports_.clear();
    while (ports_.size() < options_.services.size()) {
      const std::uint16_t port = free_port();
      if (std::find(ports_.begin(), ports_.end(), port) == ports_.end()) ports_.push_back(port);
    }
    write_config();
    launch();
    if (wait_until_ready()) return;
    kill_now();
    // Somebody else may have taken a port between our asking and workerd's.
    if (attempt == kPortAttempts ||
        log_since_launch().find("Address already in use") == std::string::npos)
      fail();
  }
}

void WorkerdProcess::launch() {
  std::vector<std::string> words = {options_.binary.string(), "serve", kConfig, "--control-fd=1"};
  if (options_.watch) words.emplace_back("--watch");
  const auto evicts = [](const Service& service) { return service.evicts; };
  if (std::any_of(options_.services.begin(), options_.services.end(), evicts))
    words.emplace_back("--experimental");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const Descriptor log(
      ::open((folder_ / kLog).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (log.get() < 0) throw system_failure((folder_ / kLog).string());
  log_start_ = fs::file_size(folder_ / kLog);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) become(folder_.c_str(), log.get(), parent, arguments.data());
  if (pid_ < 0) throw system_failure("cannot start workerd");
  ::setpgid(pid_, pid_);  // the child does so too: whoever is first
}

bool WorkerdProcess::wait_until_ready() {
  const auto deadline = steady_clock::now() + kPatience;
  while (!ready()) {
    if (!alive() || steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  // With --watch, it listens although the configuration is wrong, and waits for a better one.
  return log_since_launch().find(std::string("service ") + kWorkerdServicePrefix) ==
         std::string::npos;
}

bool WorkerdProcess::alive() {
  if (pid_ < 0) return false;
  if (::waitpid(pid_, nullptr, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

bool WorkerdProcess::ready() {
  if (!alive()) return false;
  const std::string log = log_since_launch();
  std::size_t listening = 0;
  for (std::size_t at = log.find(kListens); at != std::string::npos;
       at = log.find(kListens, at + 1))
    ++listening;
  return listening >= ports_.size();
}

bool WorkerdProcess::deploy() {
  if (!options_.watch || !ready()) return false;
  log_start_ = fs::file_size(folder_ / kLog);
  const fs::path next = folder_ / "next.js";
  write_file(next,
             contents(folder_ / kMainModule) + "// deploy " + std::to_string(++deploys_) + "\n");
  fs::rename(next, folder_ / kMainModule);
  return true;
}

void WorkerdProcess::crash() {
  kill_now();
  launch();
}

void WorkerdProcess::restart() {
  crash();
  if (!wait_until_ready()) {
    kill_now();
    fail();
  }
}

void WorkerdProcess::stop() {
  if (!alive()) return;
  ::kill(-pid_, SIGTERM);
  const auto deadline = steady_clock::now() + kDrain;
  while (alive() && steady_clock::now() < deadline) std::this_thread::sleep_for(kPoll);
  kill_now();
}

void WorkerdProcess::kill_now() {
  if (!alive()) return;
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

std::string WorkerdProcess::log_since_launch() const {
  std::string log = contents(folder_ / kLog);
  return log.size() > log_start_ ? log.substr(log_start_) : std::string();
}

std::string WorkerdProcess::last_log_lines(std::size_t count) const {
  const std::string log = contents(folder_ / kLog);
  std::size_t from = log.size();
  if (from > 0 && log.back() == '\n') --from;
  for (; from > 0; --from) {
    if (log[from - 1] == '\n' && --count == 0) break;
  }
  return count == 0 || from == 0 ? log.substr(from) : std::string();
}

void WorkerdProcess::fail() const {
  const std::string words = last_log_lines(20);
  throw std::runtime_error(options_.binary.string() + " does not serve the fixture; it said" +
                           (words.empty() ? " nothing" : ":\n" + words));
}

}  // namespace torpor::targets
