# SPDX-License-Identifier: MIT
# Installs settings, exercises, D-Bus policy, desktop files, scenarios and manual pages. /etc and
# D-Bus are not searched under /usr/local, so with the two system-wide prefixes these files go where
# they are read. Any other prefix is self-contained.
set(SITBONE_SYSTEM_WIDE OFF)
if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
        set(SITBONE_SYSTEM_WIDE ON)
endif()
set(etc ${CMAKE_INSTALL_SYSCONFDIR})
set(dbus_policies ${CMAKE_INSTALL_DATADIR}/dbus-1/system.d)
if(SITBONE_SYSTEM_WIDE)
        set(etc /etc)
        if(CMAKE_INSTALL_PREFIX MATCHES "local")
                set(dbus_policies /etc/dbus-1/system.d)
        endif()
endif()
set(SITBONE_DBUS_POLICY_DIR "" CACHE STRING "folder of D-Bus policies; empty: ${dbus_policies}")
if(SITBONE_DBUS_POLICY_DIR)
        set(dbus_policies ${SITBONE_DBUS_POLICY_DIR})
endif()
set(share ${CMAKE_INSTALL_DATADIR}/sitbone)

file(GLOB catalogues CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/sitbone.conf ${CMAKE_CURRENT_LIST_DIR}/exercises*.conf)
install(FILES ${catalogues} DESTINATION ${share})
install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/formats ${CMAKE_CURRENT_LIST_DIR}/firmware
        ${CMAKE_CURRENT_LIST_DIR}/schema DESTINATION ${share})
option(SITBONE_INSTALL_SETTINGS "install sitbone.conf in /etc too, where there is none (a package had better not)" ON)
if(SITBONE_INSTALL_SETTINGS)
        # An existing file is never overwritten: it may contain changes of the user.
        install(CODE "set(settings ${CMAKE_CURRENT_LIST_DIR}/sitbone.conf)
                      set(etc ${etc})
                      if(NOT IS_ABSOLUTE \${etc})
                              set(etc \${CMAKE_INSTALL_PREFIX}/\${etc})
                      endif()
                      if(NOT EXISTS \$ENV{DESTDIR}\${etc}/sitbone/sitbone.conf)
                              file(INSTALL \${settings} DESTINATION \${etc}/sitbone)
                      endif()")
endif()

file(GLOB policies CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/org.sitbone.*.conf)
install(FILES ${policies} DESTINATION ${dbus_policies})
file(GLOB desktops CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/org.sitbone.*.desktop)
install(FILES ${desktops} DESTINATION ${CMAKE_INSTALL_DATADIR}/applications)
# bash and fish look for a file of the program's name, zsh for one #compdef line.
foreach(program sitbonectl sitboned sitbone-agent sitbone-sim)
        install(FILES ${CMAKE_CURRENT_LIST_DIR}/completion/sitbone.bash
                DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ${program})
        install(FILES ${CMAKE_CURRENT_LIST_DIR}/completion/sitbone.fish
                DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME ${program}.fish)
endforeach()
install(FILES ${CMAKE_CURRENT_LIST_DIR}/completion/sitbone.zsh
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _sitbone)
file(GLOB autostarts CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/autostart/*.desktop)
if(SITBONE_SYSTEM_WIDE)
        install(FILES ${autostarts} DESTINATION /etc/xdg/autostart)
endif()
if(IS_DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/scenarios)
        install(DIRECTORY ${CMAKE_CURRENT_LIST_DIR}/scenarios DESTINATION ${share})
endif()

# Translations: one file for each language in po/. po/update extracts the messages from the sources.
find_program(MSGFMT msgfmt)
if(MSGFMT)
        file(GLOB translations CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/po/*.po)
        set(catalogues)
        foreach(po ${translations})
                get_filename_component(language ${po} NAME_WE)
                set(mo ${CMAKE_BINARY_DIR}/locale/${language}/LC_MESSAGES/sitbone.mo)
                add_custom_command(OUTPUT ${mo} DEPENDS ${po} COMMAND ${CMAKE_COMMAND} -E make_directory
                                   ${CMAKE_BINARY_DIR}/locale/${language}/LC_MESSAGES
                                   COMMAND ${MSGFMT} -c -o ${mo} ${po} VERBATIM)
                list(APPEND catalogues ${mo})
                install(FILES ${mo} DESTINATION ${CMAKE_INSTALL_LOCALEDIR}/${language}/LC_MESSAGES)
        endforeach()
        add_custom_target(translations ALL DEPENDS ${catalogues})
else()
        message(STATUS "msgfmt not found: English only")
endif()

# Manual pages are built with scdoc. sitbone.conf(5) gets its settings from sitbone.conf, which is
# generated from the settings table.
find_program(SCDOC scdoc)
if(SCDOC)
        file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/man/*.scd)
        set(man_pages)
        foreach(page ${pages})
                get_filename_component(name ${page} NAME_WLE) # sitboned.8
                string(REGEX MATCH "[0-9]$" chapter ${name})
                set(man ${CMAKE_BINARY_DIR}/man/${name})
                set(settings)
                if(name STREQUAL "sitbone.conf.5")
                        set(settings ${CMAKE_CURRENT_LIST_DIR}/sitbone.conf)
                endif()
                add_custom_command(OUTPUT ${man} DEPENDS ${page} ${settings} ${CMAKE_CURRENT_LIST_DIR}/man/make
                                   COMMAND ${CMAKE_CURRENT_LIST_DIR}/man/make ${SCDOC} ${CMAKE_INSTALL_FULL_DATADIR}
                                           ${page} ${man} ${settings} VERBATIM)
                list(APPEND man_pages ${man})
                install(FILES ${man} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${chapter})
        endforeach()
        add_custom_target(man ALL DEPENDS ${man_pages})
else()
        message(STATUS "scdoc not found: no man pages")
endif()

# cmake --build build/default --target uninstall
set(uninstall_etc ${etc})
if(NOT IS_ABSOLUTE ${uninstall_etc})
        set(uninstall_etc ${CMAKE_INSTALL_PREFIX}/${uninstall_etc})
endif()
add_custom_target(uninstall USES_TERMINAL VERBATIM
                  COMMAND ${CMAKE_COMMAND} -DMANIFEST=${CMAKE_BINARY_DIR}/install_manifest.txt -DETC=${uninstall_etc}
                          -P ${CMAKE_CURRENT_LIST_DIR}/uninstall.cmake)
