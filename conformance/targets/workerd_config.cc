#include "conformance/targets/workerd_config.h"

#include <sstream>

namespace torpor::targets {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string disk_name(std::size_t index) {
  return "disk-" + std::to_string(index);
}

// Objects of different services never share what they store, whatever their classes are called.
std::string unique_key(std::size_t index, const std::string& class_name) {
  return quoted("torpor-" + std::to_string(index) + "-" + class_name);
}

std::string worker(const WorkerdService& service, std::size_t index) {
  std::ostringstream out;
  out << "const worker" << index << " :Workerd.Worker = (\n  modules = [\n";
  for (const std::string& module : service.modules)
    out << "    ( name = " << quoted(module) << ", esModule = embed " << quoted(module) << " ),\n";
  out << "  ],\n  compatibilityDate = " << quoted(service.compatibility_date)
      << ",\n  compatibilityFlags = [";
  for (const std::string& flag : service.flags) out << " " << quoted(flag) << ",";
  out << " ],\n  globalOutbound = \"remotes\",\n  durableObjectNamespaces = [\n";
  for (const wrangler::DurableClass& one : service.classes) {
    out << "    ( className = " << quoted(one.name)
        << ", uniqueKey = " << unique_key(index, one.name)
        << ", enableSql = " << (one.sqlite ? "true" : "false") << " ),\n";
  }
  out << "  ],\n  durableObjectStorage = ( localDisk = " << quoted(disk_name(index))
      << " ),\n  bindings = [\n";
  for (const wrangler::Binding& binding : service.bindings) {
    out << "    ( name = " << quoted(binding.name)
        << ", durableObjectNamespace = " << quoted(binding.class_name) << " ),\n";
  }
  out << "  ],\n);\n\n";
  return out.str();
}

}  // namespace

std::filesystem::path workerd_disk(const std::filesystem::path& folder, std::size_t service) {
  return folder / disk_name(service);
}

std::string workerd_config(const std::vector<WorkerdService>& services,
                           const std::vector<std::uint16_t>& ports,
                           const std::filesystem::path& folder) {
  std::ostringstream listed, sockets, workers;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const std::string name = quoted(kWorkerdServicePrefix + std::to_string(i));
    listed << "    ( name = " << name << ", worker = .worker" << i << " ),\n"
           << "    ( name = " << quoted(disk_name(i))
           << ", disk = ( path = " << quoted(workerd_disk(folder, i).string())
           << ", writable = true ) ),\n";
    sockets << "    ( name = " << name << ", address = \"127.0.0.1:" << ports[i]
            << "\", http = (), service = " << name << " ),\n";
    workers << worker(services[i], i);
  }
  // Where outgoing sockets lead: the harness listens on this machine.
  listed << "    ( name = \"remotes\", network = ( allow = [\"private\", \"local\"] ) ),\n";
  return "using Workerd = import \"/workerd/workerd.capnp\";\n\nconst config :Workerd.Config = "
         "(\n  services = [\n" +
         listed.str() + "  ],\n  sockets = [\n" + sockets.str() + "  ],\n);\n\n" + workers.str();
}

}  // namespace torpor::targets
