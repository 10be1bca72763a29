using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Samples.Conduit;

/// <summary>JSON web tokens: what a client shows in place of a password, for thirty days.</summary>
internal sealed class Tokens
{
    private const string Name = "conduit";
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(30);

    private readonly JsonWebTokenHandler _handler = new();
    private readonly SigningCredentials _signing;
    private readonly TokenValidationParameters _rules;

    public Tokens(byte[] key)
    {
        var secret = new SymmetricSecurityKey(key);
        _signing = new SigningCredentials(secret, SecurityAlgorithms.HmacSha256);
        _rules = new TokenValidationParameters
        {
            IssuerSigningKey = secret,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidIssuer = Name,
            ValidAudience = Name,
            ClockSkew = TimeSpan.FromSeconds(30),
        };
    }

    public string Create(int account) => _handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Name,
        Audience = Name,
        Expires = DateTime.UtcNow + s_lifetime,
        Claims = new Dictionary<string, object>
        {
            [JwtRegisteredClaimNames.Sub] = account.ToString(CultureInfo.InvariantCulture),
        },
        SigningCredentials = _signing,
    });

    /// <summary>Whose token it is, or null if it is not a good one.</summary>
    public async ValueTask<int?> ReadAsync(string token)
    {
        TokenValidationResult result = await _handler.ValidateTokenAsync(token, _rules);
        return result.IsValid && result.SecurityToken is JsonWebToken { Subject: { } subject }
            && int.TryParse(subject, NumberStyles.None, CultureInfo.InvariantCulture, out int account) ? account : null;
    }
}
