# SPDX-License-Identifier: MIT
# Puts the whole corpus of every fuzz target into TO: the named seeds of FROM/NAME, and what FROM/NAME.tar.xz holds.
# Usage: cmake -DFROM=FOLDER -DTO=FOLDER -P unpack_corpus.cmake
file(REMOVE_RECURSE ${TO})
file(MAKE_DIRECTORY ${TO})
file(GLOB folders LIST_DIRECTORIES true ${FROM}/*)
foreach(folder ${folders})
        if(IS_DIRECTORY ${folder})
                file(COPY ${folder} DESTINATION ${TO})
        endif()
endforeach()
file(GLOB archives ${FROM}/*.tar.xz)
foreach(archive ${archives})
        get_filename_component(name ${archive} NAME)
        string(REPLACE ".tar.xz" "" name ${name})
        file(ARCHIVE_EXTRACT INPUT ${archive} DESTINATION ${TO}/${name})
endforeach()
