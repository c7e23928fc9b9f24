# SPDX-License-Identifier: MIT
# Installs units, udev rule and user. systemd, udev and sysusers search /usr/lib and /usr/local/lib,
# hence lib, not libdir.
file(READ ${CMAKE_CURRENT_LIST_DIR}/sandbox.conf SITBONE_SANDBOX)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/sandbox.conf)
foreach(unit sitboned.service sitboned@.service sitbone-agent.service)
        configure_file(${CMAKE_CURRENT_LIST_DIR}/${unit}.in ${CMAKE_BINARY_DIR}/systemd/${unit} @ONLY)
endforeach()
install(FILES ${CMAKE_BINARY_DIR}/systemd/sitboned.service ${CMAKE_BINARY_DIR}/systemd/sitboned@.service
        DESTINATION lib/systemd/system)
install(FILES ${CMAKE_BINARY_DIR}/systemd/sitbone-agent.service DESTINATION lib/systemd/user)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/70-sitboned.rules DESTINATION lib/udev/rules.d)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/sysusers.conf DESTINATION lib/sysusers.d RENAME sitboned.conf)
install(FILES ${CMAKE_CURRENT_LIST_DIR}/realtime.conf DESTINATION ${CMAKE_INSTALL_DATADIR}/sitbone/examples)
