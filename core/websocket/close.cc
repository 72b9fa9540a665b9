#include "core/websocket/close.h"
