#include "core/websocket/fault.h"
