# cmake -DROOT=repository -DOUT=file.cc -P embed.cmake
#
# Writes a C++ source that holds every JSON file of the catalogue and of the statements, in order of
# their names.
function(embed_function out name folder)
  file(GLOB_RECURSE paths RELATIVE ${ROOT} ${ROOT}/${folder}/*.json)
  list(SORT paths)
  string(APPEND text "const std::vector<EmbeddedFile>& ${name}() {\n"
                     "  static const std::vector<EmbeddedFile> files = {\n")
  foreach(path IN LISTS paths)
    file(READ ${ROOT}/${path} json)
    string(APPEND text "    {\"${path}\", R\"torpor(${json})torpor\"},\n")
  endforeach()
  string(APPEND text "  };\n  return files;\n}\n\n")
  set(${out} "${${out}}${text}" PARENT_SCOPE)
endfunction()

set(source "#include \"conformance/scenario/embedded.h\"\n\nnamespace torpor::scenario {\n\n")
embed_function(source embedded_catalogue_files conformance/catalogue)
embed_function(source embedded_statement_files conformance/statements)
string(APPEND source "}  // namespace torpor::scenario\n")
file(WRITE ${OUT}.new "${source}")
file(COPY_FILE ${OUT}.new ${OUT} ONLY_IF_DIFFERENT)
