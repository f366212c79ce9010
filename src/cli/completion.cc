// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/completion.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "cli/command_line.h"

namespace spawn::cli {
namespace {

struct Word {
  std::string text;
  std::string what;
};
struct Node {
  std::string path;  // "trace run", "" for the program itself
  std::vector<Word> commands;
  std::vector<Word> options;
};

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

void visit(const CLI::App& app, const std::string& path, std::vector<Node>& nodes) {
  Node node{path, {}, {}};
  for (const CLI::App* sub : app.get_subcommands({})) {
    node.commands.push_back({sub->get_name(), first_line(sub->get_description())});
  }
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    for (const std::string& name : option->get_lnames()) {
      node.options.push_back({"--" + name, first_line(option->get_description())});
    }
  }
  nodes.push_back(std::move(node));
  for (const CLI::App* sub : app.get_subcommands({})) {
    visit(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), nodes);
  }
}

std::string names(const std::vector<Word>& words) {
  std::vector<std::string> texts;
  texts.reserve(words.size());
  for (const Word& word : words) texts.push_back(word.text);
  return fmt::format("{}", fmt::join(texts, " "));
}

std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) {
    text.replace(at, 1, "'\\''");
  }
  return "'" + text + "'";
}

// The words before the cursor that are commands are the path; others are an option's value.
std::string bash(const std::string& program, const std::vector<Node>& nodes) {
  std::string cases;
  for (const Node& node : nodes) {
    cases += fmt::format("    {}) words={} ;;\n", quoted(node.path),
                         quoted(names(node.commands) + " " + names(node.options)));
  }
  return fmt::format(
      "# bash completion for {0}:  source <({0} completion bash)\n"
      "_{0}() {{\n"
      "  local word path='' words=''\n"
      "  for word in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
      "    case $word in --) return ;; -*) ;; *) _{0}_words \"${{path:+$path }}$word\" && "
      "path=\"${{path:+$path }}$word\" ;; esac\n"
      "  done\n"
      "  _{0}_words \"$path\"\n"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"${{COMP_WORDS[COMP_CWORD]}}\")\n"
      "}}\n"
      "_{0}_words() {{ # sets $words to what can follow these commands\n"
      "  case $1 in\n"
      "{1}"
      "    *) return 1 ;;\n"
      "  esac\n"
      "}}\n"
      "complete -o default -F _{0} {0}\n",
      program, cases);
}

// "'launch:Launch an instance' 'list:…'", as _describe takes it.
std::string described(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) {
    std::string what;
    for (const char c : word.what) what += c == ':' ? std::string("\\:") : std::string(1, c);
    text += (text.empty() ? "" : " ") + quoted(word.text + ":" + what);
  }
  return text;
}

// Of its own, not bash's: zsh has no mapfile, and `path` is its search path. Called as a function
// of fpath it is completing already; sourced it only says what completes.
std::string zsh(const std::string& program, const std::vector<Node>& nodes) {
  std::string cases;
  for (const Node& node : nodes) {
    cases += fmt::format("    {}) commands=({}) options=({}) ;;\n", quoted(node.path),
                         described(node.commands), described(node.options));
  }
  return fmt::format(
      "#compdef {0}\n"
      "# zsh completion for {0}:  source <({0} completion zsh)\n"
      "_{0}() {{\n"
      "  local word at=''\n"
      "  local -a commands options\n"
      "  for word in \"${{(@)words[2,CURRENT-1]}}\"; do\n"
      "    case $word in --) _normal; return ;; -*) ;; *) _{0}_words \"${{at:+$at }}$word\" && "
      "at=\"${{at:+$at }}$word\" ;; esac\n"
      "  done\n"
      "  _{0}_words \"$at\"\n"
      "  _describe -t commands command commands || _describe -o -t options option options || "
      "_files\n"
      "}}\n"
      "_{0}_words() {{ # sets $commands and $options to what can follow these commands\n"
      "  case $1 in\n"
      "{1}"
      "    *) return 1 ;;\n"
      "  esac\n"
      "}}\n"
      "if [ \"${{funcstack[1]:-}}\" = _{0} ]; then _{0} \"$@\"; else compdef _{0} {0}; fi\n",
      program, cases);
}

std::string fish(const std::string& program, const std::vector<Node>& nodes) {
  std::string paths;
  for (const Node& node : nodes) {
    if (!node.path.empty()) paths += " " + quoted(node.path);
  }
  std::string text = fmt::format(
      "# fish completion for {0}:  {0} completion fish | source\n"
      "function __{0}_at # are these the commands so far? Other words are an option's value.\n"
      "  set -l at ''\n"
      "  for word in (commandline -opc)[2..]\n"
      "    set -l further (string trim -- \"$at $word\")\n"
      "    contains -- $further{1}; and set at $further\n"
      "  end\n"
      "  test \"$at\" = \"$argv\"\n"
      "end\n",
      program, paths);
  for (const Node& node : nodes) {
    const std::string condition = quoted(fmt::format("__{}_at {}", program, node.path));
    for (const Word& word : node.commands) {
      text += fmt::format("complete -c {} -n {} -f -a {} -d {}\n", program, condition, word.text,
                          quoted(word.what));
    }
    for (const Word& word : node.options) {
      text += fmt::format("complete -c {} -n {} -l {} -d {}\n", program, condition,
                          word.text.substr(2), quoted(word.what));
    }
  }
  return text;
}

}  // namespace

int completion_command(const CLI::App& app, const std::string& shell, std::ostream& out,
                       std::ostream& err) {
  std::vector<Node> nodes;
  visit(app, "", nodes);
  if (shell == "bash") {
    out << bash(app.get_name(), nodes);
  } else if (shell == "zsh") {
    out << zsh(app.get_name(), nodes);
  } else if (shell == "fish") {
    out << fish(app.get_name(), nodes);
  } else {
    return usage_error(err, app.get_name() + " completion",
                       fmt::format("'{}' is none of bash, zsh, fish", shell));
  }
  return finish_output(out, err, app.get_name());
}

}  // namespace spawn::cli
