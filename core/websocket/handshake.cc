#include "core/websocket/handshake.h"
