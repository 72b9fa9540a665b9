#include "core/websocket/utf8.h"
