#pragma once

namespace wordbridge {

/// Installs handlers of SIGINT and SIGTERM that set a flag, so that long computations can save
/// their state and stop. A second signal ends the process immediately. Also ignores SIGPIPE and
/// SIGXFSZ, so that a failed write is an Error.
void catch_interrupts();
bool interrupted();

}  // namespace wordbridge
