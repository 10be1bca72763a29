using System.Text;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.WebSockets;

/// <summary>What has been agreed upon for permessage-deflate (RFC 7692 section 7.1).</summary>
/// <param name="ServerBits">The server's messages refer back so far at most: 8 to 15, as a power of two.</param>
/// <param name="ServerForgets">No message of the server's refers to an earlier one.</param>
/// <param name="SaysServerBits">The client has asked for that window, so it is told.</param>
/// <param name="ClientBits">The same for the client's messages.</param>
/// <param name="ClientForgets">The same for the client's messages.</param>
/// <param name="SaysClientBits">The client is told how large its window may be.</param>
internal sealed record DeflateTerms(
    int ServerBits, bool ServerForgets, bool SaysServerBits, int ClientBits, bool ClientForgets, bool SaysClientBits)
{
    private const int LargestWindow = 15;

    private static ReadOnlySpan<byte> Name => "permessage-deflate"u8;

    /// <summary>The first of the client's offers that can be taken, or null. A handshake never fails for an
    /// offer.</summary>
    public static DeflateTerms? Negotiate(RequestHead head, WebSocketOptions options)
    {
        if (options.Compress is Deflate.Disabled && options.Decompress is Deflate.Disabled) return null;

        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
        {
            if (line.Name.Length != ExtensionsName.Length
                || !Ascii.EqualsIgnoreCase(head[line.Name], ExtensionsName)) continue;

            if (NegotiateValue(head[line.Value], options) is { } terms) return terms;
        }

        return null;
    }

    /// <summary>The same for the offers of one line, such as <c>permessage-deflate;
    /// client_max_window_bits</c>.</summary>
    public static DeflateTerms? NegotiateValue(ReadOnlySpan<byte> offers, WebSocketOptions options)
    {
        if (options.Compress is Deflate.Disabled && options.Decompress is Deflate.Disabled) return null;

        while (!offers.IsEmpty)
            if (NegotiateOffer(Take(ref offers, (byte)','), options) is { } terms) return terms;

        return null;
    }

    private static DeflateTerms? NegotiateOffer(ReadOnlySpan<byte> offer, WebSocketOptions options)
    {
        if (!Take(ref offer, (byte)';').SequenceEqual(Name)) return null;

        var asked = new Offer();
        while (!offer.IsEmpty)
            if (!asked.TryRead(Take(ref offer, (byte)';'))) return null;

        return Answer(asked, options);
    }

    /// <summary>The value of <c>Sec-WebSocket-Extensions</c>.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("permessage-deflate", 128);
        if (ServerForgets) text.Append("; server_no_context_takeover");
        if (ClientForgets) text.Append("; client_no_context_takeover");
        if (SaysServerBits) text.Append("; server_max_window_bits=").Append(ServerBits);
        if (SaysClientBits) text.Append("; client_max_window_bits=").Append(ClientBits);
        return text.ToString();
    }

    /// <summary>The window of a setting, as a power of two.</summary>
    public static int BitsOf(Deflate deflate) => deflate switch
    {
        Deflate.Dedicated3KB or Deflate.Dedicated4KB => 9,
        Deflate.Dedicated8KB => 10,
        Deflate.Dedicated16KB => 11,
        Deflate.Dedicated32KB => 12,
        Deflate.Dedicated64KB => 13,
        Deflate.Dedicated128KB => 14,
        _ => LargestWindow,
    };

    private static ReadOnlySpan<byte> ExtensionsName => "Sec-WebSocket-Extensions"u8;

    private static DeflateTerms Answer(in Offer asked, WebSocketOptions options)
    {
        bool serverRemembers = options.Compress > Deflate.Shared && !asked.ServerForgets;
        int serverBits = Math.Min(BitsOf(options.Compress), asked.ServerBits ?? LargestWindow);

        // The client's window can be made smaller only if it has said that it understands that. If not, its messages do
        // not remember
        int wanted = BitsOf(options.Decompress);
        bool clientRemembers = options.Decompress > Deflate.Shared && !asked.ClientForgets
            && (wanted == LargestWindow || asked.HasClientBits);

        // Who has said how large its window will be wants to hear that again, as .NET's client does, although the RFC
        // does not ask for it
        int clientBits = Math.Min(wanted, asked.ClientBits ?? LargestWindow);

        return new DeflateTerms(
            serverBits,
            ServerForgets: !serverRemembers,
            SaysServerBits: asked.ServerBits is not null,
            clientBits,
            ClientForgets: !clientRemembers,
            SaysClientBits: asked.HasClientBits && clientBits < LargestWindow
                && (clientRemembers || asked.ClientBits is not null));
    }

    // The next part, trimmed. A separator inside quotes separates nothing
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> list, byte separator)
    {
        bool isQuoted = false;
        for (int i = 0; i < list.Length; i++)
        {
            if (list[i] == '"') isQuoted = !isQuoted;
            else if (list[i] == '\\' && isQuoted) i++;
            else if (list[i] == separator && !isQuoted)
            {
                ReadOnlySpan<byte> part = list[..i];
                list = list[(i + 1)..];
                if (list.IsEmpty && separator == ';') list = " "u8;         // a parameter without a name is none
                return FieldValue.Trim(part);
            }
        }

        ReadOnlySpan<byte> last = list;
        list = default;
        return FieldValue.Trim(last);
    }

    /// <summary>The parameters of an offer.</summary>
    private struct Offer
    {
        public bool ServerForgets, ClientForgets, HasClientBits;
        public int? ServerBits, ClientBits;

        // False: it is not one of the four, or repeated, or its value makes no sense
        public bool TryRead(ReadOnlySpan<byte> parameter)
        {
            int equals = parameter.IndexOf((byte)'=');
            ReadOnlySpan<byte> name = equals < 0 ? parameter : FieldValue.Trim(parameter[..equals]);
            int? bits = equals < 0 ? null : BitsIn(FieldValue.Trim(parameter[(equals + 1)..]));
            if (equals >= 0 && bits is null) return false;

            if (name.SequenceEqual("server_no_context_takeover"u8)) return equals < 0 && Set(ref ServerForgets);
            if (name.SequenceEqual("client_no_context_takeover"u8)) return equals < 0 && Set(ref ClientForgets);
            if (name.SequenceEqual("server_max_window_bits"u8))
            {
                if (bits is null || ServerBits is not null) return false;
                ServerBits = bits;
                return true;
            }

            if (!name.SequenceEqual("client_max_window_bits"u8)) return false;
            ClientBits = bits;
            return Set(ref HasClientBits);
        }

        // 8 to 15, without leading zeros (section 7.1.2); it may be in quotes (RFC 6455 section 9.1)
        private static int? BitsIn(ReadOnlySpan<byte> value)
        {
            if (value.Length > 2 && value[0] == '"' && value[^1] == '"') value = value[1..^1];
            return value.Length switch
            {
                1 when value[0] is (byte)'8' or (byte)'9' => value[0] - '0',
                2 when value[0] == '1' && value[1] is >= (byte)'0' and <= (byte)'5' => 10 + value[1] - '0',
                _ => null,
            };
        }

        private static bool Set(ref bool flag)
        {
            if (flag) return false;
            return flag = true;
        }
    }
}
